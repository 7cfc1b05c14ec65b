/**
 * Docs -> rows of one run. A doc is a context with one or more continuations behind it; all of them lie in one row, positions
 * restart after the context, and the mask lets a continuation see its context and itself only. Short docs fill the rest of rows.
 */
import type { ForwardInput } from './runtime.ts';

export interface Doc {
  /** At least one token. */
  readonly context: readonly number[];
  readonly continuations: readonly (readonly number[])[];
}

/** Tokens a doc takes in a row; the last token of a continuation is only asked about, never read. */
export function lengthOf(doc: Doc): number {
  return doc.continuations.reduce((sum, tokens) => sum + Math.max(0, tokens.length - 1), doc.context.length);
}

/** Next-token distributions a doc needs. */
export function targetsOf(doc: Doc): number {
  return doc.continuations.reduce((sum, tokens) => sum + tokens.length, 0);
}

/** Docs of one run: each row holds one or more. */
export interface Batch<D extends Doc> {
  /** Tokens a row has room for. */
  readonly width: number;
  readonly rows: readonly (readonly D[])[];
}

/**
 * Long docs together and short docs together, so that little is padded and attention stays narrow; what is left of a row is
 * filled with the shortest docs. No batch passes `limits` unless a single doc does.
 */
export function planBatches<D extends Doc>(
  docs: readonly D[],
  limits: { readonly tokens: number; readonly rows: number },
): Batch<D>[] {
  const sorted = docs.map((doc) => ({ doc, length: lengthOf(doc), targets: targetsOf(doc) }));
  sorted.sort((a, b) => b.length - a.length);
  const batches: Batch<D>[] = [];
  let first = 0;
  let last = sorted.length;
  while (first < last) {
    const width = sorted[first]?.length ?? 0;
    const rows: D[][] = [];
    let targets = 0;
    const fits = (entry: (typeof sorted)[number] | undefined) => entry && targets + entry.targets <= limits.rows;
    while (first < last && (rows.length === 0 || ((rows.length + 1) * width <= limits.tokens && fits(sorted[first])))) {
      const entry = sorted[first++] as (typeof sorted)[number];
      const row = [entry.doc];
      targets += entry.targets;
      let room = width - entry.length;
      for (let short = sorted[last - 1]; first < last && short && short.length <= room && fits(short); ) {
        row.push(short.doc);
        room -= short.length;
        targets += short.targets;
        last -= 1;
        short = sorted[last - 1];
      }
      rows.push(row);
    }
    batches.push({ width, rows });
  }
  return batches;
}

/** The numbers of a run, and for every doc where its first answer lies among `rows`. */
export interface PackedBatch<D extends Doc> {
  readonly input: ForwardInput;
  /** In the order of the rows; a doc's answers follow one another, continuation by continuation, token by token. */
  readonly answers: readonly { readonly doc: D; readonly start: number; readonly sharesRow: boolean }[];
}

export function packBatch<D extends Doc>(batch: Batch<D>): PackedBatch<D> {
  const { width, rows } = batch;
  const ids = new Int32Array(rows.length * width);
  const positions = new Int32Array(rows.length * width);
  const mask = new Float32Array(rows.length * width * width).fill(Number.NEGATIVE_INFINITY);
  const wanted: number[] = [];
  const targets: number[] = [];
  const answers: { doc: D; start: number; sharesRow: boolean }[] = [];

  const see = (place: number, from: number, to: number) => {
    const line = place * width;
    mask.fill(0, line + from, line + to);
  };
  rows.forEach((docs, row) => {
    const rowStart = row * width;
    let end = 0;
    for (const doc of docs) {
      answers.push({ doc, start: wanted.length, sharesRow: docs.length > 1 });
      const contextStart = end;
      for (const token of doc.context) {
        ids[rowStart + end] = token;
        positions[rowStart + end] = end - contextStart;
        see(rowStart + end, contextStart, end + 1);
        end += 1;
      }
      const contextEnd = end;
      for (const continuation of doc.continuations) {
        const start = end;
        continuation.forEach((token, index) => {
          wanted.push(rowStart + (index === 0 ? contextEnd - 1 : end - 1));
          targets.push(token);
          if (index === continuation.length - 1) return;
          ids[rowStart + end] = token;
          positions[rowStart + end] = contextEnd - contextStart + index;
          see(rowStart + end, contextStart, contextEnd);
          see(rowStart + end, start, end + 1);
          end += 1;
        });
      }
    }
    // Padding looks at itself: a row of nothing but -Infinity would become NaN and spread.
    for (; end < width; end++) see(rowStart + end, end, end + 1);
  });
  const input = {
    batch: rows.length,
    time: width,
    past: 0,
    ids,
    positions,
    mask,
    rows: Int32Array.from(wanted),
    targets: Int32Array.from(targets),
  };
  return { input, answers };
}
