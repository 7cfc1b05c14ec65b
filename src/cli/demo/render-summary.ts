/** The demo's last words: the curve of the whole, what was planted and what was caught. */

import { readTrend } from '../../daemon/read-trend.ts';
import { nameOf } from '../../domain/capability.ts';
import type { Store } from '../../store/open-store.ts';
import { columnsOf, createPalette, wantsColour, wantsUnicode } from '../terminal/color.ts';
import { renderTrend } from '../trend/render-trend.ts';
import type { DemoSummary } from './summary.ts';

export function renderSummary(store: Store, summary: DemoSummary): string {
  const palette = createPalette(wantsColour(process.stdout, process.env));
  const everything = readTrend(store, summary.run);
  const trend = { ...everything, series: everything.series.filter((series) => series.capability !== null) };
  const chart = renderTrend({
    name: summary.run,
    trend,
    everything: trend,
    isChosen: false,
    width: process.stdout.isTTY ? columnsOf(process.stdout, 80) : 100,
    palette,
    isUnicode: wantsUnicode(),
  });
  const planted = summary.planted.map(
    ({ what, caught }) => `${caught ? palette.green('caught') : palette.red('missed')}  ${what}`,
  );
  const alerts = summary.alerts.map(({ step, kind, capabilities, state }) => {
    const names = capabilities.map((id) => nameOf(id).en).join(', ');
    return `step ${(step ?? 0).toLocaleString('en-US')}  ${names || kind} (${state})`;
  });
  return [
    '',
    chart,
    '',
    palette.bold(
      `${summary.evaluated} of ${summary.checkpoints} checkpoints evaluated; ${summary.alerts.length} alerts`,
    ),
    ...alerts.map((line) => `  ${line}`),
    palette.bold('Planted into this run when it was trained'),
    ...planted.map((line) => `  ${line}`),
  ].join('\n');
}
