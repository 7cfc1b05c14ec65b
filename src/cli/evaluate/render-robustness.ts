/** How answers stood perturbations, for a person: each task under each perturbation, then the means over tasks. Pure. */
import type { Score } from '../../domain/score.ts';
import {
  meanRobustness,
  ROBUSTNESS_METRICS,
  type RobustnessMetric,
  robustnessMetric,
} from '../../evaluation/scoring/robustness.ts';
import { shown } from '../terminal/figure.ts';
import { renderTable } from '../terminal/table.ts';
import type { ScoresLook } from './render-scores.ts';

export const isRobustness = ({ metric }: Score): boolean => metric.startsWith('robustness.');

interface Row {
  readonly name: string;
  readonly perturbation: string | null;
  readonly cells: Readonly<Record<RobustnessMetric, { readonly value: number; readonly stderr: number }>>;
  readonly n: number;
}

/** Null when nothing was asked under a perturbation. */
export function robustnessTable(scores: readonly Score[], { palette, width }: ScoresLook): string | null {
  const rows = [...taskRows(scores), ...meanRows(scores)];
  if (rows.length === 0) return null;
  return renderTable(
    [
      { title: 'robustness' },
      { title: 'perturbation', canShrink: false },
      { title: 'mean', align: 'right' },
      { title: 'worst case', align: 'right' },
      { title: 'drop ↓', align: 'right' },
      { title: 'n', align: 'right' },
    ],
    rows.map(({ name, perturbation, cells, n }) => [
      name,
      perturbation ?? 'all together',
      ...ROBUSTNESS_METRICS.map((metric) => `${shown(cells[metric].value)} ± ${shown(cells[metric].stderr)}`),
      String(n),
    ]),
    { palette, width },
  );
}

/** A task that was asked under one perturbation alone needs no line for all of them. */
function taskRows(scores: readonly Score[]): Row[] {
  const tasks = [...new Set(scores.filter(isRobustness).map(({ task }) => task))];
  return tasks.flatMap((task) => {
    const own = scores.filter((score) => score.task === task && isRobustness(score));
    const named = [...new Set(own.map(({ metric }) => metric.split(',')[1] ?? null))];
    return named
      .filter((perturbation) => perturbation !== null || named.length > 2)
      .map((perturbation): Row => {
        const of = (kind: RobustnessMetric) =>
          own.find(({ metric }) => metric === robustnessMetric(kind, perturbation))!;
        const cells = { mean: of('mean'), worst_case: of('worst_case'), drop: of('drop') };
        return { name: task, perturbation, cells, n: cells.drop.n };
      });
  });
}

function meanRows(scores: readonly Score[]): Row[] {
  const means = meanRobustness(scores);
  const named = [...new Set(means.map(({ perturbation }) => perturbation))];
  return named
    .filter((perturbation) => perturbation !== null || named.length > 2)
    .flatMap((perturbation) => {
      const of = (kind: RobustnessMetric) =>
        means.find((one) => one.metric === kind && one.perturbation === perturbation);
      const [mean, worst, drop] = [of('mean'), of('worst_case'), of('drop')];
      if (!mean || !worst || !drop || drop.tasks < 2) return [];
      return [
        { name: `mean of ${drop.tasks} tasks`, perturbation, cells: { mean, worst_case: worst, drop }, n: drop.n },
      ];
    });
}
