/** Is it the form of the answers that was lost? A drop is held against the docs whose answer could be parsed before and after. */
import type { FormatLoss } from '../domain/alert.ts';
import { isProbe } from '../domain/capability.ts';
import type { Outcomes } from '../domain/score.ts';
import type { CheckpointOutcomes } from '../domain/trend.ts';
import { Z95 } from './distributions.ts';
import type { DocPanel } from './doc-panel.ts';
import type { MeasuredSeries } from './measured-series.ts';
import type { ScanWindow } from './scan.ts';

/** Standard errors by which more answers have to be unparsed before the form is spoken of. */
const UNPARSED_EVIDENCE = 3;
/** Fewer docs that parsed on both sides say nothing of what is still known. */
const FEWEST_DOCS = 20;

/**
 * The drop split in two: how many more answers could not be parsed, and what is left of the drop on docs that parsed on both sides
 * (mean paired difference over docs and its standard error; tasks weigh equally, docs of different tasks are independent).
 * A task that parses nothing (multiple choice) keeps its whole drop.
 * @returns null where no task of the series parses its answers, or no more of them fail to parse than before, and of a probe
 */
export function formatLoss(
  series: MeasuredSeries,
  { now, reference }: Pick<ScanWindow, 'now' | 'reference'>,
  frame: readonly CheckpointOutcomes[],
): FormatLoss | null {
  if (series.noise.kind !== 'proportion' || isProbe(series.key.capability ?? '')) return null;
  const unparsed = series.panels.map((panel) => unparsedOf(panel, frame));
  if (unparsed.every((each) => each === null)) return null;
  const parts = series.panels.map((panel, i) => splitPanel(panel, { now, reference }, unparsed[i]!));
  const parsing = parts.filter((part) => part.unparsed !== null);
  if (parsing.length === 0) return null;
  const more = meanOf(parsing.map(({ unparsed }) => unparsed!.difference));
  if (!(more.mean > 0 && more.mean > UNPARSED_EVIDENCE * more.stderr)) return null;
  const left = meanOf(parts.map(({ known }) => known));
  const whole = series.contrast(now, reference).difference;
  const sign = series.higherIsBetter ? 1 : -1;
  const worst = -sign * left.mean + Z95 * left.stderr;
  const docs = parts.reduce((sum, { known }) => sum + known.n, 0);
  return {
    unparsedBefore: average(parsing.map(({ unparsed }) => unparsed!.before)),
    unparsedAfter: average(parsing.map(({ unparsed }) => unparsed!.after)),
    difference: left.mean,
    ci95: [left.mean - Z95 * left.stderr, left.mean + Z95 * left.stderr],
    n: docs,
    explainsIt: docs >= FEWEST_DOCS && worst < (-sign * whole) / 2,
  };
}

interface Paired {
  readonly mean: number;
  readonly stderr: number;
  readonly n: number;
}

interface PanelSplit {
  readonly unparsed: { readonly before: number; readonly after: number; readonly difference: Paired } | null;
  /** Of docs that parsed on both sides; of all docs where nothing is parsed. */
  readonly known: Paired;
}

type Windows = Pick<ScanWindow, 'now' | 'reference'>;

/** @param unparsed 1 where the answer could not be parsed, by frame position and doc; null where the task parses nothing */
function splitPanel(panel: DocPanel, { now, reference }: Windows, unparsed: UnparsedAt | null): PanelSplit {
  const known: number[] = [];
  const form: { before: number; after: number }[] = [];
  for (let doc = 0; doc < panel.docs; doc++) {
    const isKnown = (t: number) => unparsed === null || unparsed(doc, t) === 0;
    const score = (side: readonly number[]) => average(side.filter(isKnown).map((t) => panel.at(doc, t)));
    const change = score(now) - score(reference);
    if (Number.isFinite(change)) known.push(change);
    if (unparsed === null) continue;
    const before = average(reference.map((t) => unparsed(doc, t)));
    const after = average(now.map((t) => unparsed(doc, t)));
    if (Number.isFinite(before) && Number.isFinite(after)) form.push({ before, after });
  }
  return {
    known: pairedMean(known),
    unparsed:
      unparsed === null || form.length === 0
        ? null
        : {
            before: average(form.map(({ before }) => before)),
            after: average(form.map(({ after }) => after)),
            difference: pairedMean(form.map(({ before, after }) => after - before)),
          },
  };
}

type UnparsedAt = (doc: number, position: number) => number;

/** Of the same filter pipeline as the score where there are several, else of the task's only one. */
function unparsedOf({ task, metric }: DocPanel, frame: readonly CheckpointOutcomes[]): UnparsedAt | null {
  const pipeline = metric.split(',')[1];
  const isUnparsed = (each: Outcomes) => each.task === task && each.metric.startsWith('unparsed');
  if (!frame.at(-1)?.outcomes.some(isUnparsed)) return null;
  const columns = frame.map(({ outcomes }) => {
    const all = outcomes.filter(isUnparsed);
    return (all.find((each) => each.metric.split(',')[1] === pipeline) ?? (pipeline ? null : all[0]))?.values ?? null;
  });
  const newest = columns.at(-1);
  if (!newest?.some((value) => !Number.isNaN(value))) return null;
  return (doc, position) => columns[position]?.[doc] ?? Number.NaN;
}

/** Finite values only; NaN of none. */
function average(values: readonly number[]): number {
  const finite = values.filter((value) => Number.isFinite(value));
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

/** Student (1908): standard error of a mean of paired differences. */
function pairedMean(values: readonly number[]): Paired {
  const n = values.length;
  if (n === 0) return { mean: 0, stderr: 0, n };
  const mean = average(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, n - 1);
  return { mean, stderr: Math.sqrt(variance / n), n };
}

function meanOf(parts: readonly Paired[]): { readonly mean: number; readonly stderr: number } {
  return {
    mean: average(parts.map(({ mean }) => mean)),
    stderr: Math.sqrt(parts.reduce((sum, { stderr }) => sum + stderr ** 2, 0)) / parts.length,
  };
}
