/** Runs side by side, for a person. Pure. */
import type { ComparedRun, Experiment } from '../../daemon/read-experiment.ts';
import type { Palette } from '../terminal/color.ts';
import { renderTable } from '../terminal/table.ts';
import { printable } from '../terminal/width.ts';

export interface ExperimentLook {
  readonly palette: Palette;
  readonly width: number;
}

export function renderExperiment(experiment: Experiment, { palette, width }: ExperimentLook): string {
  const { name, axis, level, runs, isProportion } = experiment;
  const [first, ...others] = runs as [ComparedRun, ...ComparedRun[]];
  const score = (value: number) => (isProportion ? `${(100 * value).toFixed(1)} %` : value.toPrecision(3));
  const gap = (value: number) =>
    `${value < 0 ? '-' : '+'}${isProportion ? (100 * Math.abs(value)).toFixed(1) : Math.abs(value).toPrecision(2)}`;
  const x = (value: number | null) => (value === null ? 'not yet' : Math.round(value).toLocaleString('en-US'));
  const estimate = (each: { value: number; ci95: readonly [number, number] } | undefined) =>
    each === undefined ? '-' : `${gap(each.value)} [${gap(each.ci95[0])}, ${gap(each.ci95[1])}]`;
  const rows = runs.map(({ name: run, newest, value, against, reaches }) => [
    printable(run),
    `${score(value)} at ${x(newest)}`,
    estimate(against?.atEnd),
    estimate(against?.area),
    `${x(reaches.x)} [${x(reaches.ci95[0])}, ${x(reaches.ci95[1])}]`,
  ]);
  const table = renderTable(
    [
      { title: 'run' },
      { title: `now (${axis})`, align: 'right' },
      { title: `at equal ${axis}`, align: 'right' },
      { title: 'on the whole way', align: 'right' },
      { title: `reaches ${score(level)} at`, align: 'right' },
    ],
    rows,
    { palette, width },
  );
  const sentences = others.map(({ name: run, against }) => {
    if (against === null) return `${printable(run)} and ${printable(first.name)} have no stretch of ${axis} in common.`;
    const [low, high] = against.atEnd.ci95;
    const sides = low > 0 ? 'above' : high < 0 ? 'below' : 'not told apart from';
    const lead =
      sides === 'not told apart from'
        ? 'is'
        : `is ${gap(against.atEnd.value).slice(1)}${isProportion ? ' points' : ''}`;
    return `At ${x(against.range[1])} ${axis} ${printable(run)} ${lead} ${sides} ${printable(first.name)}.`;
  });
  const title = name.en === name.zh ? name.en : `${name.en} ${name.zh}`;
  const foot = 'Differences to the first run with their 95 % intervals: docs paired, jitter of each run counted.';
  return [palette.bold(printable(title)), table, sentences.join('\n'), palette.dim(foot)].join('\n\n');
}
