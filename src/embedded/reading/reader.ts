/** Readings -> runs -> answers: what scoring and the start of decoding have in common. */
import type { Limits } from '../limits.ts';
import { type ForwardOutput, NO_PAST, type Past, type Runtime } from '../runtime.ts';
import { packRun } from './packing.ts';
import { cutPast, extendPast, repeatPast } from './past.ts';
import { planRuns, type Row, type Run } from './plan-runs.ts';
import { beginsWith, type KnownBeginning, PrefixCache } from './prefix-cache.ts';
import { type Ask, buildTree, markKnown, type Reading, type TreeNode } from './prefix-tree.ts';

export interface ReadSetting<R extends Reading> {
  /** How many best tokens to name at each place. */
  readonly top: number;
  readonly wantRanks?: boolean;
  readonly wantDistribution?: boolean;
  /** What nobody wants any more is left out. */
  readonly isWanted: (reading: R) => boolean;
  /** Called for each question: answer `ask` of the output belongs to it, and so does its row. */
  readonly onAnswer: (asked: Ask<R>, output: ForwardOutput, ask: number, row: number) => void;
  /** Called when a reading's last token was read, if its keys and values are wanted. */
  readonly onKeys?: (reading: R, keys: ReadKeys) => void;
  /** Called when all answers of a reading are there. */
  readonly onDone: (reading: R) => void;
  /** Called between runs. */
  readonly onPause?: () => Promise<void>;
}

/** Keys and values of one sequence: those of the past, then the tokens at these places of the run's arrays. */
export interface ReadKeys {
  readonly past: Past;
  /** [batch x time x kvHeads x headDim], key and value of each layer. */
  readonly arrays: readonly Float32Array[];
  /** Index in [batch x time] of each token behind the past. */
  readonly places: readonly number[];
}

/** Sequences asked again alone that still gave no number, in a row, until the rest is believed. */
const PATIENCE = 4;

export class Reader {
  readonly #runtime: Runtime;
  readonly #limits: Limits;
  readonly #cache: PrefixCache;

  constructor(runtime: Runtime, limits: Limits) {
    this.#runtime = runtime;
    this.#limits = limits;
    this.#cache = new PrefixCache(limits.prefixBytes);
  }

  /** Reads all of them; answers come run by run. */
  async read<R extends Reading>(readings: readonly R[], setting: ReadSetting<R>): Promise<void> {
    const broken = await this.#readTogether(readings, setting);
    let failures = readings.length > 1 ? 0 : PATIENCE;
    for (const reading of broken) {
      // An infinite value times a masked zero is NaN, so a sequence that overflows spoils its neighbours in the row: each is asked
      // again alone, as an unpacked reference would be. Where nothing at all is a number, that would only cost time.
      const isStill = failures >= PATIENCE || (await this.#readTogether([reading], setting)).size > 0;
      failures = isStill ? failures + 1 : 0;
      if (isStill) setting.onDone(reading);
    }
  }

  /** @returns readings with an answer that is no number; the others are done */
  async #readTogether<R extends Reading>(readings: readonly R[], setting: ReadSetting<R>): Promise<Set<R>> {
    const root = buildTree(readings);
    const known = this.#cache.beginnings;
    for (const { tokens } of known) markKnown(root, tokens);
    const pasts = new Map<TreeNode<R>, Past>([[root, NO_PAST]]);
    const missing = new Map<R, number>(readings.map((reading) => [reading, reading.targets.length]));
    const broken = new Set<R>();
    for (const run of planRuns(root, this.#limits)) {
      if (run.release !== null) pasts.delete(run.release);
      if (run.rows.length === 0 || !isRunWanted(run, setting.isWanted)) continue;
      const past = pasts.get(run.past) ?? this.#recall(run.past, known);
      pasts.set(run.past, past);
      const { asks, output } = await this.#run(run, past, setting);
      if (run.keep !== null) pasts.set(run.keep, this.#keep(run.keep, past, output));
      asks.forEach(({ reading }, index) => {
        if (!Number.isFinite(output.logprob[index])) broken.add(reading);
        const left = (missing.get(reading) as number) - 1;
        missing.set(reading, left);
        if (left === 0 && !broken.has(reading)) setting.onDone(reading);
      });
      await setting.onPause?.();
    }
    return broken;
  }

  async #run<R extends Reading>(run: Run<R>, past: Past, setting: ReadSetting<R>) {
    const { top, wantRanks, wantDistribution, onAnswer, onKeys } = setting;
    const { input, asks } = packRun(run.rows, repeatPast(past, run.rows.length), this.#runtime.shape.window ?? null);
    const output = await this.#runtime.forward({
      ...input,
      top,
      wantDistribution: wantDistribution ?? false,
      wantKeys: run.keep !== null || onKeys !== undefined,
      ...(wantRanks && { ranked: Int32Array.from(asks.keys()) }),
    });
    asks.forEach((ask, index) => {
      onAnswer(ask, output, index, input.askRows[index] as number);
    });
    if (onKeys) {
      run.rows.forEach((row, index) => {
        for (const { reading, places } of endsOf(row, index * input.time)) {
          onKeys(reading, { past, arrays: output.keys, places });
        }
      });
    }
    return { asks, output };
  }

  #recall<R extends Reading>(node: TreeNode<R>, known: readonly KnownBeginning[]): Past {
    const tokens = sequenceOf(node);
    const beginning = known.find((each) => beginsWith(each.tokens, tokens));
    if (beginning === undefined) throw new TypeError('a run was planned before its past');
    this.#cache.touch(beginning);
    return cutPast(this.#runtime.shape, beginning.past, node.end);
  }

  #keep<R extends Reading>(node: TreeNode<R>, before: Past, output: ForwardOutput): Past {
    const past = extendPast(this.#runtime.shape, before, output.keys, node.end - before.length);
    this.#cache.remember({ tokens: sequenceOf(node), past });
    return past;
  }
}

/** Readings that end in a row, with the places of their tokens behind the past. */
function* endsOf<R extends Reading>({ nodes }: Row<R>, rowStart: number) {
  const placeOf = new Map(nodes.map(({ node, at }) => [node, at]));
  for (const { node, answers } of nodes) {
    if (!answers || node.ends.length === 0) continue;
    const places: number[] = [];
    for (let each: typeof node | null = node; each !== null; each = each.parent) {
      const at = placeOf.get(each);
      if (at === undefined) break;
      places.unshift(...each.tokens.map((_, index) => rowStart + at + index));
    }
    for (const reading of node.ends) yield { reading, places };
  }
}

/** All tokens down to the end of a node. */
function sequenceOf<R extends Reading>(node: TreeNode<R>): number[] {
  const parts: (readonly number[])[] = [];
  for (let each: TreeNode<R> | null = node; each !== null; each = each.parent) parts.unshift(each.tokens);
  return parts.flat();
}

/** Does anybody still want what is read in a run, or what comes behind what it keeps? */
function isRunWanted<R extends Reading>(run: Run<R>, isWanted: (reading: R) => boolean): boolean {
  const wantsBelow = (node: TreeNode<R>): boolean =>
    node.ends.some(isWanted) || [...node.children.values()].some(wantsBelow);
  if (run.keep !== null) return wantsBelow(run.keep);
  return run.rows.some(({ nodes }) =>
    nodes.some(({ node, answers }) => answers && node.asks.some(({ reading }) => isWanted(reading))),
  );
}
