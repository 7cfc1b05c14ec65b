/** Runs the demo: the replay as a process of its own, Libra watching its output directory, and what came of it. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configSchema } from '../../config/schema.ts';
import { LibraError } from '../../domain/errors.ts';
import { systemClock } from '../../system/clock.ts';
import { createLog } from '../../system/log.ts';
import { usableCores } from '../../system/machine.ts';
import { startProcess } from '../../system/process.ts';
import { PROJECT, VERSION } from '../../system/version.ts';
import { runLibra } from '../run-libra.ts';
import { untilSignal } from '../until-signal.ts';
import { openWatchScreen } from '../watch/watch-screen.ts';
import { openBrowser } from './open-browser.ts';
import { renderSummary } from './render-summary.ts';
import { recordedSteps } from './replay-run.ts';
import { type DemoSummary, type Plant, succeeded, summarise } from './summary.ts';

export interface DemoOptions {
  readonly open: boolean;
  readonly port: number;
  /** Half the docs. */
  readonly fast: boolean;
  /** Stop when the replay is through. */
  readonly exit: boolean;
  readonly json: boolean;
}

const RUN = 'forgetting';
/** Seconds from one checkpoint to the next, and of one save: hours of training in a minute and a half. */
const INTERVAL = 4;
const SAVE = 1;
const KEEP = 2;
const QUIET_MS = 1_500;
/** Docs of each task: enough to see both plants clearly. */
const DOCS = 200;
const FAST_DOCS = 100;

/** @throws LibraError LIBRA_DEMO_FAILED when `exit` was asked for and something was missed */
export async function runDemo(options: DemoOptions): Promise<void> {
  const fixtures = fileURLToPath(new URL('fixtures', PROJECT));
  const source = join(fixtures, 'runs', RUN);
  if (!existsSync(source)) {
    throw new LibraError('LIBRA_DIRECTORY_MISSING', `The recorded run is not at ${source}.`, {
      hint: 'Run the demo from a complete checkout of Libra.',
    });
  }
  const place = await mkdtemp(join(tmpdir(), 'libra-demo-'));
  try {
    const summary = await replayAndWatch(options, { fixtures, source, place });
    // After the daemon's own last event, so that it is the last line.
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    if (options.exit && !succeeded(summary)) throw missed(summary);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

interface DemoPlace {
  readonly fixtures: string;
  readonly source: string;
  readonly place: string;
}

async function replayAndWatch(options: DemoOptions, { fixtures, source, place }: DemoPlace): Promise<DemoSummary> {
  const output = join(place, 'output', RUN);
  await mkdir(output, { recursive: true });
  const screen = openWatchScreen(options.json);
  const say = (text: string) => (options.json ? process.stderr.write(`${text}\n`) : screen.print(text));
  const asked = untilSignal();
  const steps = await recordedSteps(source);
  const plants = JSON.parse(readFileSync(join(source, 'plants.json'), 'utf8')) as Plant[];
  const libra = await runLibra({
    config: configSchema.parse({
      // Nothing else runs on this machine that the evaluation would disturb.
      engine: { threads: usableCores(), niceness: 0 },
      strategy: { docs_per_task: options.fast ? FAST_DOCS : DOCS },
      tasks: { include_path: [join(fixtures, 'tasks')] },
      server: { port: options.port },
      alerts: { language: 'en' },
    }),
    roots: [join(place, 'output')],
    dataDirectory: join(place, 'data'),
    env: process.env,
    clock: systemClock,
    log: createLog({ format: 'plain', level: 'warn' }),
    version: VERSION,
    terminal: { write: screen.print, isTTY: process.stdout.isTTY === true && !options.json },
    onEvent: screen.onEvent,
  });
  const replay = await startProcess({
    command: process.execPath,
    args: [
      fileURLToPath(new URL('dist/cli/main.js', PROJECT)),
      'replay',
      source,
      output,
      '--interval',
      `${INTERVAL}`,
      '--save',
      `${SAVE}`,
      '--keep',
      `${KEEP}`,
    ],
  });
  try {
    say(`A real training run of a tiny bilingual model, ${steps.length} checkpoints, is replayed into ${output}`);
    say(`Libra watches it. The page: ${libra.url}\n`);
    if (options.open && !options.json && process.stdout.isTTY) await openBrowser(libra.url);
    await Promise.race([replay.exited, asked.signalled]);
    if (!asked.signal.aborted) await libra.daemon.idle(QUIET_MS, asked.signal);
    const summary = summarise(libra.daemon.store, RUN, steps.length, plants);
    if (!options.json) screen.print(renderSummary(libra.daemon.store, summary));
    if (!options.exit && !asked.signal.aborted) {
      say(`\nThe page stays at ${libra.url} until you press Ctrl-C.`);
      await asked.signalled;
    }
    return summary;
  } finally {
    asked.forget();
    screen.stop();
    await replay.stop();
    await libra.stop();
  }
}

function missed(summary: DemoSummary): LibraError {
  const lost = summary.planted.filter((plant) => !plant.caught).map((plant) => plant.what);
  const told = [
    ...(summary.evaluated < summary.checkpoints
      ? [`${summary.evaluated} of ${summary.checkpoints} checkpoints were evaluated`]
      : []),
    ...lost.map((what) => `not caught: ${what}`),
  ];
  return new LibraError('LIBRA_DEMO_FAILED', `The demo did not do what it promises: ${told.join('; ')}.`, {
    hint: 'Run it again on a quieter machine; if it stays so, report it with its output.',
  });
}
