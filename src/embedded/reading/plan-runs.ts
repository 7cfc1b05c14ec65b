/**
 * A tree of readings -> runs of the model. What many share is read once and its keys and values kept as the past of the runs behind
 * it; what is left goes into rows, several readings in one row, where a mask lets each token see its own branch only. Pure.
 */
import type { Limits } from '../limits.ts';
import { finishTree, type Reading, type TreeNode } from './prefix-tree.ts';

/** A node in a row; the way from the run's past down to it lies in the same row. */
export interface PlacedNode<R extends Reading> {
  readonly node: TreeNode<R>;
  /** Place of its first token in the row. */
  readonly at: number;
  /** Whether this row answers the node's questions (a node may lie in several rows, as the way to others). */
  readonly answers: boolean;
}

export interface Row<R extends Reading> {
  readonly nodes: readonly PlacedNode<R>[];
  readonly tokens: number;
  /** Places that are asked about. */
  readonly asked: number;
}

/** One run: rows that all stand behind the same past. */
export interface Run<R extends Reading> {
  /** The node whose end the past reaches to; the root for none. */
  readonly past: TreeNode<R>;
  readonly rows: readonly Row<R>[];
  /** The node whose keys and values are kept: the last in the only row. Null for none. */
  readonly keep: TreeNode<R> | null;
  /** Pasts that no later run needs. */
  readonly release: TreeNode<R> | null;
}

/** So many contexts with one beginning are taken for a task's. */
const SEVERAL = 4;
/** A row gets wider than it should for branches that share at least this part of their tokens. */
const LEAST_SHARE = 0.25;

/** @param root of a tree as `buildTree` makes it */
export function planRuns<R extends Reading>(root: TreeNode<R>, limits: Limits): Run<R>[] {
  finishTree(root, { tokens: limits.tokens, asks: limits.rows });
  const runs: Run<R>[] = [];

  function below(past: TreeNode<R>): void {
    const rows = new RowPacker<R>(past, limits);
    const keep = (node: TreeNode<R>) => {
      runs.push({ past, rows: [wayTo(node, past)], keep: node, release: null });
      below(node);
    };
    const visit = (node: TreeNode<R>) => {
      const way = node.end - past.end;
      if (way >= limits.worthARun && node.isKnown && node.asks.length === 0) below(node);
      else if (isWorthARun(node, way, limits)) keep(node);
      else if (rows.putWhole(node)) return;
      // Too long for any row with what stands behind it: read in pieces.
      else if (node.children.size > 0 && way > limits.tokens / 2) keep(node);
      else {
        rows.putOwn(node);
        for (const child of node.children.values()) visit(child);
      }
    };
    for (const child of past.children.values()) visit(child);
    for (const batch of batchesOf(rows.finish(), limits)) runs.push({ past, rows: batch, keep: null, release: null });
    runs.push({ past, rows: [], keep: null, release: past });
  }

  below(root);
  return runs;
}

/**
 * Would the rows below repeat the way to this node so often that a run of its own is cheaper? A beginning that several contexts
 * share (the few-shot prompt of a task) is worth one anyway: the next requests begin with it too.
 */
function isWorthARun<R extends Reading>(node: TreeNode<R>, way: number, limits: Limits): boolean {
  const rowsBelow = (node.size - node.tokens.length) / limits.rowTokens;
  const willComeAgain = way >= limits.worthARun && node.children.size >= SEVERAL && isWithinContext(node);
  return willComeAgain || way * (rowsBelow - 1) >= limits.worthARun;
}

/** Contexts, and not only the choices of one doc, go on behind it. */
function isWithinContext<R extends Reading>(node: TreeNode<R>): boolean {
  let below = node;
  while (below.ends.length === 0) below = below.children.values().next().value as TreeNode<R>;
  return (below.ends[0] as R).context.length > node.end;
}

/** The row that holds everything from the past's end to the node's. */
function wayTo<R extends Reading>(node: TreeNode<R>, past: TreeNode<R>): Row<R> {
  const nodes: PlacedNode<R>[] = wayDown(node, past).map((each) => ({
    node: each,
    at: each.start - past.end,
    // Those above were visited before, and their questions are answered in a row of their own.
    answers: each === node,
  }));
  return { nodes, tokens: node.end - past.end, asked: askedIn(node) };
}

/** Nodes below the past down to this one. */
function wayDown<R extends Reading>(node: TreeNode<R>, past: TreeNode<R>): TreeNode<R>[] {
  const way: TreeNode<R>[] = [];
  for (let each: TreeNode<R> | null = node; each !== null && each !== past; each = each.parent) way.unshift(each);
  return way;
}

function askedIn<R extends Reading>(node: TreeNode<R>): number {
  return new Set(node.asks.map(({ offset }) => offset)).size;
}

/** Fills rows in the order of the tree, so that neighbours share as much as they can. */
class RowPacker<R extends Reading> {
  readonly #past: TreeNode<R>;
  readonly #limits: Limits;
  readonly #rows: Row<R>[] = [];
  #nodes: PlacedNode<R>[] = [];
  #inRow = new Set<TreeNode<R>>();
  #tokens = 0;
  #asked = 0;

  constructor(past: TreeNode<R>, limits: Limits) {
    this.#past = past;
    this.#limits = limits;
  }

  /** Places the node with all below it, if one row has room for that and is not too wide for what it shares. */
  putWhole(node: TreeNode<R>): boolean {
    const width = node.start - this.#past.end + node.size;
    const isLoose = node.children.size > 0 && node.tokens.length < LEAST_SHARE * node.size;
    if (width > this.#limits.rowTokens && isLoose) return false;
    if (!this.#makeRoom(node, node.size, node.asked)) return false;
    this.#place(node);
    const waiting = [...node.children.values()].reverse();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      this.#add(next, true);
      waiting.push(...[...next.children.values()].reverse());
    }
    return true;
  }

  /** Places the node alone, if there is anything to answer or to end in it. */
  putOwn(node: TreeNode<R>): void {
    if (node.asks.length === 0 && node.ends.length === 0) return;
    if (!this.#makeRoom(node, node.tokens.length, askedIn(node))) this.finish();
    this.#place(node);
  }

  finish(): Row<R>[] {
    if (this.#nodes.length > 0) {
      this.#rows.push({ nodes: this.#nodes, tokens: this.#tokens, asked: this.#asked });
    }
    this.#nodes = [];
    this.#inRow = new Set();
    this.#tokens = 0;
    this.#asked = 0;
    return this.#rows;
  }

  /** Begins a new row where the open one has too little room; false when even an empty one has. */
  #makeRoom(node: TreeNode<R>, tokens: number, asked: number): boolean {
    const { rowTokens, tokens: most, rows } = this.#limits;
    const missing = this.#missing(node).reduce((sum, each) => sum + each.tokens.length, -node.tokens.length);
    const isRoom = this.#tokens + missing + tokens <= rowTokens && this.#asked + asked <= rows;
    if (isRoom) return true;
    if (node.start - this.#past.end + tokens > most || asked > rows) return false;
    this.finish();
    return true;
  }

  /** Nodes on the way from the past to this one, itself included, that the open row does not hold yet. */
  #missing(node: TreeNode<R>): TreeNode<R>[] {
    const missing: TreeNode<R>[] = [];
    for (let each: TreeNode<R> = node; each !== this.#past && !this.#inRow.has(each); ) {
      missing.unshift(each);
      each = each.parent as TreeNode<R>;
    }
    return missing;
  }

  /** The node and the way to it. */
  #place(node: TreeNode<R>): void {
    for (const each of this.#missing(node)) this.#add(each, each === node);
  }

  #add(node: TreeNode<R>, answers: boolean): void {
    this.#nodes.push({ node, at: this.#tokens, answers });
    this.#inRow.add(node);
    this.#tokens += node.tokens.length;
    if (answers) this.#asked += askedIn(node);
  }
}

/** Rows of like length together, since the shorter ones are padded. */
function batchesOf<R extends Reading>(rows: readonly Row<R>[], limits: Limits): Row<R>[][] {
  const batches: Row<R>[][] = [];
  let asked = 0;
  for (const row of rows.toSorted((a, b) => b.tokens - a.tokens)) {
    const open = batches.at(-1);
    const width = open?.[0]?.tokens ?? 0;
    asked += row.asked;
    if (open && (open.length + 1) * width <= limits.tokens && asked <= limits.rows) open.push(row);
    else {
      batches.push([row]);
      asked = row.asked;
    }
  }
  return batches;
}
