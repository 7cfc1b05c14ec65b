/** Imports, or says what an import would do; events or a progress bar while it runs, a summary at the end. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { resolveDataDirectory } from '../../config/data-directory.ts';
import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { importEvaluations } from '../../daemon/import-evaluations.ts';
import { planImport } from '../../daemon/plan-import.ts';
import { findRecordedCheckpoints } from '../../daemon/recorded-checkpoints.ts';
import { LibraError, messageOf } from '../../domain/errors.ts';
import { openStore } from '../../store/open-store.ts';
import { systemClock } from '../../system/clock.ts';
import type { ImportFlags } from '../commands/import.ts';
import { columnsOf, createPalette, wantsColour } from '../terminal/color.ts';
import { describeEvent, eventJsonLine } from '../terminal/event-lines.ts';
import { createProgress, type ProgressOutput } from '../terminal/progress.ts';
import { renderImport, renderImportPlan, renderTroubles } from './render-import.ts';

export interface ImportOutputs {
  readonly out: ProgressOutput & NodeJS.WritableStream;
  readonly err: ProgressOutput & NodeJS.WritableStream;
}

/**
 * With --json stdout carries nothing but events; whatever is for people goes to stderr.
 * @returns exit code: 0 when anything was taken (or is there already), 1 when nothing could be
 * @throws LIBRA_DIRECTORY_MISSING, LIBRA_USAGE, LIBRA_CONFIG_INVALID, LIBRA_DATA_IN_USE
 */
export async function runImport(
  run: string,
  given: string,
  flags: ImportFlags,
  { out, err }: ImportOutputs,
): Promise<0 | 1> {
  const path = resolve(given);
  const config = configOf(flags);
  const directory = flags.data === undefined ? resolveDataDirectory(config.data, process.env) : resolve(flags.data);
  if (run.trim() === '') {
    throw new LibraError('LIBRA_USAGE', 'The run has no name.', { hint: 'As in `libra import my-run evals/my-run`.' });
  }
  if ((await stat(path).catch(() => null)) === null) {
    throw new LibraError('LIBRA_DIRECTORY_MISSING', `There is no ${path}.`, {
      hint: 'Name the folder that holds the results of your checkpoints.',
    });
  }
  const recorded = await findRecordedCheckpoints(path).catch((error: unknown) => {
    throw new LibraError('LIBRA_DIRECTORY_MISSING', `${path} can't be read: ${messageOf(error)}.`, {
      hint: 'Name the folder that holds the results of your checkpoints.',
      cause: error,
    });
  });
  const people = flags.json ? err : out;
  const look = {
    palette: createPalette(wantsColour(people)),
    width: people.isTTY ? columnsOf(people, 80) : undefined,
    root: path,
  };
  if (flags.dryRun) {
    const plan = await planImport({ run, recorded, config, directory });
    if (flags.json) out.write(`${JSON.stringify(plan)}\n`);
    else out.write(`${renderImportPlan(plan, look)}\n`);
    return plan.checkpoints.length > 0 ? 0 : 1;
  }
  if (recorded.checkpoints.length === 0) {
    err.write(`${renderTroubles(recorded.troubles, look)}${NOTHING}\n`);
    return 1;
  }
  const store = openStore({ directory, now: systemClock.now });
  const progress = createProgress(err, flags.json || !err.isTTY ? 'none' : 'auto');
  try {
    const summary = await importEvaluations({
      run,
      path,
      recorded,
      config,
      store,
      clock: systemClock,
      onEvent: ({ event }) => {
        if (flags.json) out.write(eventJsonLine(event));
        else if (event.event.startsWith('alert.')) {
          const line = describeEvent(event, look.palette);
          if (line === null) return;
          if (err.isTTY) progress.print(line);
          else out.write(`${line}\n`);
        }
      },
      onProgress: (done, total) => progress.update('importing', done, total),
    });
    progress.stop();
    people.write(`${renderImport(summary, look)}\n`);
    if (summary.taken.length > 0 || summary.known > 0) return 0;
    err.write(`${NOTHING}\n`);
    return 1;
  } finally {
    progress.stop();
    store.close();
  }
}

const NOTHING = "Nothing was taken: there are no results of lm-evaluation-harness that belong to a checkpoint's step.";

/** Labels given by hand stand beside those of the configuration. */
function configOf(flags: ImportFlags): Config {
  const { config } = loadConfig({
    cwd: process.cwd(),
    env: process.env,
    ...(flags.config === undefined ? {} : { file: flags.config }),
  });
  const own = (flags.capability ?? []).map((text) => {
    const at = text.indexOf('=');
    const labels = text
      .slice(at + 1)
      .split(',')
      .map((label) => label.trim())
      .filter(Boolean);
    if (at > 0 && labels.length > 0) return [text.slice(0, at).trim(), labels] as const;
    throw new LibraError('LIBRA_USAGE', `--capability ${text} names no task and label.`, {
      hint: 'Write it as in --capability my_math=basic.reasoning.math.',
    });
  });
  return { ...config, capabilities: { ...config.capabilities, ...Object.fromEntries(own) } };
}
