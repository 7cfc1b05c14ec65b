/** Reads a run's trend beside a running daemon and prints it. */
import { closest } from 'fastest-levenshtein';
import { presentExperiment } from '../../api/present-experiment.ts';
import { findRun } from '../../daemon/find-run.ts';
import { readExperiment } from '../../daemon/read-experiment.ts';
import { readInterventions } from '../../daemon/read-interventions.ts';
import { readTrend, type TrendReply } from '../../daemon/read-trend.ts';
import { LibraError } from '../../domain/errors.ts';
import { openStoreForReading } from '../../store/open-store.ts';
import { systemClock } from '../../system/clock.ts';
import type { TrendOptions } from '../commands/trend.ts';
import { dataDirectoryOf } from '../data-directory.ts';
import { columnsOf, createPalette, type Output, wantsColour, wantsUnicode } from '../terminal/color.ts';
import { renderExperiment } from './render-experiment.ts';
import { renderInterventions } from './render-interventions.ts';
import { renderTrend } from './render-trend.ts';

/** @throws LIBRA_RUN_UNKNOWN, LIBRA_USAGE when the run has no such series, LIBRA_DIRECTORY_MISSING without a database */
export function showTrend(run: string, options: TrendOptions, output: Output & { write(text: string): unknown }): void {
  const directory = dataDirectoryOf(options.data);
  const store = openStoreForReading({ directory, now: systemClock.now });
  try {
    const { capability, task, metric, against } = options;
    if (against !== undefined) {
      const experiment = readExperiment(store, { runs: [run, ...against], capability, task });
      const look = { width: output.isTTY ? columnsOf(output, 80) : 120, palette: createPalette(wantsColour(output)) };
      output.write(
        `${options.json ? JSON.stringify(presentExperiment(experiment)) : renderExperiment(experiment, look)}\n`,
      );
      return;
    }
    const { id, name } = findRun(store, run);
    const everything = readTrend(store, id);
    const trend = capability || task || metric ? readTrend(store, id, { capability, task, metric }) : everything;
    if (trend.series.length === 0) requireSeries(options, everything);
    if (options.json) {
      output.write(`${JSON.stringify(trend)}\n`);
      return;
    }
    const width = output.isTTY ? columnsOf(output, 80) : 100;
    const look = { width, palette: createPalette(wantsColour(output)), isUnicode: wantsUnicode() };
    const changed =
      trend.interventions.length === 0 ? '' : renderInterventions(readInterventions(store, id), look.palette);
    const drawn = renderTrend({ name, trend, everything, isChosen: trend !== everything, ...look });
    output.write(`${changed === '' ? drawn : `${drawn}\n\n${changed}`}\n`);
  } finally {
    store.close();
  }
}

/** A series that was asked for by name must exist, unless nothing was measured at all yet. */
function requireSeries({ capability, task, metric }: TrendOptions, { run, series }: TrendReply): void {
  const asked = capability ?? task ?? metric;
  if (asked === undefined || series.length === 0) return;
  const kind = capability ? 'capability' : task ? 'task' : 'metric';
  const known = [...new Set(series.map((one) => one[kind]).filter((one) => one !== null))];
  const hint =
    known.includes(asked) || known.length === 0
      ? 'Leave some of the options out: there is no series that fits them all.'
      : `Did you mean '${closest(asked, known)}'?`;
  throw new LibraError('LIBRA_USAGE', `Run '${run}' has no measured ${kind} '${asked}'.`, { hint });
}
