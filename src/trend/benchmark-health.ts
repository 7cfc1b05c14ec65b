/** What weakens a benchmark for this run: docs that say nothing of its checkpoints. Pure, over the outcomes of the newest checkpoints. */
import { Z95 } from './distributions.ts';
import type { DocPanel } from './doc-panel.ts';

export type HealthFinding = 'at floor' | 'at ceiling' | 'docs that never change';

export interface BenchmarkHealth {
  readonly findings: readonly HealthFinding[];
  /** Newest score, and share of the docs that changed at least once. */
  readonly level: number;
  readonly changing: number;
  readonly docs: number;
}

const FEWEST_CHECKPOINTS = 5;
const CEILING = 0.97;
/** About a third of a sound set's docs carry nearly all of a change. */
const FEW_CHANGING = 0.05;

/** Null where single docs are not known. @param chance what guessing scores; null where nobody can guess or it is not known */
export function benchmarkHealth(panel: DocPanel, chance: number | null = null): BenchmarkHealth | null {
  const positions = panel.isMeasured.flatMap((isMeasured, t) => (isMeasured ? [t] : []));
  const newest = positions.at(-1);
  if (newest === undefined || panel.isPaired === false) return null;
  const level = panel.means[newest]!;
  let [changing, known] = [0, 0];
  for (let doc = 0; doc < panel.docs; doc++) {
    const values = positions.map((t) => panel.at(doc, t)).filter(Number.isFinite);
    if (values.length < 2) continue;
    known++;
    if (values.some((value) => value !== values[0])) changing++;
  }
  const share = known === 0 ? Number.NaN : changing / known;
  const isProportion = panel.noise.kind === 'proportion' && panel.higherIsBetter;
  const isSeen = positions.length >= FEWEST_CHECKPOINTS;
  const error = Math.sqrt(Math.max(level * (1 - level), 0) / Math.max(1, panel.counts[newest]!));
  const findings: HealthFinding[] = [
    ...(isProportion && chance !== null && level - Z95 * error <= chance ? (['at floor'] as const) : []),
    ...(isProportion && level >= CEILING ? (['at ceiling'] as const) : []),
    ...(isProportion && isSeen && share < FEW_CHANGING ? (['docs that never change'] as const) : []),
  ];
  return { findings, level, changing: share, docs: panel.counts[newest]! };
}
