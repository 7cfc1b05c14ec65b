/**
 * Token sequences as a tree: whatever begins alike is one branch and is read once. Few-shot prompts, a doc's choices and choices
 * that begin with the same words all share this way.
 */

/** A sequence to read, and what is asked on the way. */
export interface Reading {
  /** At least one token. */
  readonly context: readonly number[];
  /** Tokens read behind the context. */
  readonly tail: readonly number[];
  /** Tokens asked about: behind the context, behind the first token of the tail, and so on; at most tail.length + 1. */
  readonly targets: readonly number[];
}

/** One question: the log-probability of `reading.targets[index]` behind the node's token at `offset`. */
export interface Ask<R extends Reading> {
  readonly reading: R;
  readonly index: number;
  readonly offset: number;
}

/** A stretch of tokens that all sequences through it share. */
export class TreeNode<R extends Reading> {
  parent: TreeNode<R> | null;
  /** Position of the first token in its sequences. */
  start: number;
  tokens: readonly number[];
  readonly children = new Map<number, TreeNode<R>>();
  /** Readings whose last token is this node's last. */
  readonly ends: R[] = [];
  asks: Ask<R>[] = [];
  /** Tokens of this node and of all below it. */
  size = 0;
  /** Questions of this node and of all below it. */
  asked = 0;
  /** Its keys and values are there already. */
  isKnown = false;

  constructor(parent: TreeNode<R> | null, start: number, tokens: readonly number[]) {
    this.parent = parent;
    this.start = start;
    this.tokens = tokens;
  }

  /** Position behind the last token. */
  get end(): number {
    return this.start + this.tokens.length;
  }

  /** Makes the first `length` tokens a node of their own, whose only child is the rest (this node). */
  cut(length: number): TreeNode<R> {
    const first = new TreeNode(this.parent, this.start, this.tokens.slice(0, length));
    this.parent?.children.set(first.tokens[0] as number, first);
    this.parent = first;
    this.start += length;
    this.tokens = this.tokens.slice(length);
    first.children.set(this.tokens[0] as number, this);
    first.isKnown = this.isKnown;
    first.asks = this.asks.filter(({ offset }) => offset < length);
    this.asks = this.asks
      .filter(({ offset }) => offset >= length)
      .map((ask) => ({ ...ask, offset: ask.offset - length }));
    return first;
  }
}

/** The tree of all readings; its root has no tokens. `finishTree` comes once nothing is marked any more. */
export function buildTree<R extends Reading>(readings: readonly R[]): TreeNode<R> {
  const root = new TreeNode<R>(null, 0, []);
  const ends = readings.map((reading) => follow(root, reading, true));
  readings.forEach((reading, index) => {
    const node = ends[index] as TreeNode<R>;
    node.ends.push(reading);
    note(reading, node);
  });
  return root;
}

/** Cuts the tree where a sequence whose keys and values are known leaves it, and marks what it covers. */
export function markKnown<R extends Reading>(root: TreeNode<R>, known: readonly number[]): void {
  for (let node = follow(root, { context: known, tail: [] }, false); node.parent !== null; node = node.parent) {
    node.isKnown = true;
  }
}

/** Fills in sizes, after cutting nodes longer than `tokens` or with more questions than `asks`. */
export function finishTree<R extends Reading>(
  root: TreeNode<R>,
  most: { readonly tokens: number; readonly asks: number },
): void {
  const order: TreeNode<R>[] = [root];
  for (let at = 0; at < order.length; at++) {
    let node = order[at] as TreeNode<R>;
    const length = pieceOf(node, most);
    if (length < node.tokens.length) {
      node = node.cut(length);
      order[at] = node;
    }
    order.push(...node.children.values());
  }
  for (const node of order.reverse()) {
    node.size = node.tokens.length;
    node.asked = placesIn(node);
    for (const child of node.children.values()) {
      node.size += child.size;
      node.asked += child.asked;
    }
  }
}

/** Different tokens of a node that something is asked behind. */
function placesIn<R extends Reading>(node: TreeNode<R>): number {
  return new Set(node.asks.map(({ offset }) => offset)).size;
}

/** How many of the node's tokens may go into one piece. */
function pieceOf<R extends Reading>(
  { tokens, asks }: TreeNode<R>,
  most: { readonly tokens: number; readonly asks: number },
): number {
  const places = [...new Set(asks.map(({ offset }) => offset))].sort((a, b) => a - b);
  return Math.min(tokens.length, most.tokens, places[most.asks] ?? Number.POSITIVE_INFINITY);
}

/**
 * Follows a sequence from the root and cuts nodes where it leaves them.
 * @param grows whether what is not there yet is added
 * @returns the node that ends with the last token that was followed
 */
function follow<R extends Reading>(
  root: TreeNode<R>,
  { context, tail }: Pick<Reading, 'context' | 'tail'>,
  grows: boolean,
): TreeNode<R> {
  const length = context.length + tail.length;
  const tokenAt = (index: number) => (index < context.length ? context[index] : tail[index - context.length]) as number;
  let node = root;
  for (let at = 0; at < length; at = node.end) {
    let child = node.children.get(tokenAt(at));
    if (child === undefined) {
      if (!grows) return node;
      const tokens = Array.from({ length: length - at }, (_, index) => tokenAt(at + index));
      child = new TreeNode(node, at, tokens);
      node.children.set(tokenAt(at), child);
    } else {
      let same = 1;
      while (same < child.tokens.length && at + same < length && child.tokens[same] === tokenAt(at + same)) same += 1;
      if (same < child.tokens.length) child = child.cut(same);
    }
    node = child;
  }
  return node;
}

/** Notes the questions of a reading in the nodes they belong to, from its last token upwards. */
function note<R extends Reading>(reading: R, end: TreeNode<R>): void {
  const first = reading.context.length - 1;
  let node = end;
  for (let index = reading.targets.length - 1; index >= 0; index--) {
    const place = first + index;
    while (place < node.start) node = node.parent as TreeNode<R>;
    node.asks.push({ reading, index, offset: place - node.start });
  }
}
