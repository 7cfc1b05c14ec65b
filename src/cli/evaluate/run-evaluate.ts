/** Runs `libra evaluate`: progress while it works, a table (or one JSON object) when it is done. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { type EvaluateOnceOptions, evaluateOnce, type OnceEvaluated } from '../../daemon/evaluate-once.ts';
import { engineSettingsOf, openEngines } from '../../daemon/open-engines.ts';
import { exitCodeOf } from '../../domain/errors.ts';
import { systemClock } from '../../system/clock.ts';
import { createLog, redactFromLogs } from '../../system/log.ts';
import { VERSION } from '../../system/version.ts';
import type { EvaluateFlags } from '../commands/evaluate.ts';
import { columnsOf, createPalette, wantsColour } from '../terminal/color.ts';
import { createProgress } from '../terminal/progress.ts';
import { untilSignal } from '../until-signal.ts';
import { describeEvaluation } from './describe-evaluation.ts';
import { renderScores } from './render-scores.ts';

const ALL_TASKS = 'all tasks';

/** @returns the exit code: not 0 when a task asked for by name could not be loaded */
export async function runEvaluate(checkpoint: string, flags: EvaluateFlags): Promise<number> {
  const progress = createProgress(process.stderr, flags.json ? 'none' : 'auto');
  const workDirectory = await mkdtemp(join(tmpdir(), 'libra-evaluate-'));
  const stopping = untilSignal();
  try {
    const evaluated = await evaluateOnce({
      checkpoint,
      includePaths: flags.includePath ?? [],
      only: flags.tasks,
      limit: flags.limit,
      numFewshot: flags.numFewshot,
      prompting: {
        applyChatTemplate: flags.applyChatTemplate ?? false,
        fewshotAsMultiturn: flags.fewshotAsMultiturn === true,
        systemInstruction: flags.systemInstruction ?? null,
      },
      output: flags.output,
      cache: flags.cache,
      baseModel: flags.baseModel,
      ...engineOf(flags),
      workDirectory,
      libraVersion: VERSION,
      // A script reads stdout; what is worth a warning is for whoever reads its log.
      log: createLog({ format: 'plain', level: 'warn', ...(flags.json ? {} : { write: progress.print }) }),
      clock: systemClock,
      signal: stopping.signal,
      onServe: ({ phase, message }) => {
        if (phase === 'starting') progress.print(message);
      },
      onProgress: (task, done, of, all) => {
        if (done < of) progress.update(task, done, of);
        else progress.finish(task);
        // One bar for the whole, whose expected end is the evaluation's.
        if (all.of > of) progress.update(ALL_TASKS, all.done, all.of);
      },
    });
    progress.stop();
    show(evaluated, flags);
    return flags.tasks !== undefined && evaluated.problems.length > 0 ? exitCodeOf(evaluated.problems[0]!.error) : 0;
  } finally {
    progress.stop();
    stopping.forget();
    await rm(workDirectory, { recursive: true, force: true });
  }
}

function show(evaluated: OnceEvaluated, flags: EvaluateFlags): void {
  for (const { task, file, error } of evaluated.problems) {
    process.stderr.write(`warning: ${task ?? file} is left out: ${error.message} ${error.hint}\n`);
  }
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(describeEvaluation(evaluated))}\n`);
    return;
  }
  const { isTTY } = process.stdout;
  const look = {
    palette: createPalette(wantsColour(process.stdout)),
    width: isTTY ? columnsOf(process.stdout, 80) : undefined,
  };
  process.stdout.write(`${renderScores(evaluated, { ...look, isExplained: flags.explain === true })}\n`);
}

/** As libra.yaml has it, but for its niceness: here somebody waits. A flag wins. */
function engineOf(flags: EvaluateFlags): Pick<EvaluateOnceOptions, 'engine' | 'engines'> {
  const file = flags.config === undefined ? {} : { file: flags.config };
  const { config } = loadConfig({ cwd: process.cwd(), env: process.env, ...file });
  const { niceness: _niceness, ...engine } = engineSettingsOf(config, process.env);
  const name = flags.engine ?? engine.name;
  return { engine: { ...engine, name, ...engineKey() }, engines: openEngines(config) };
}

/** Key of a server that runs already. */
function engineKey(): { readonly apiKey?: string } {
  const apiKey = process.env.LIBRA_ENGINE_KEY;
  if (apiKey === undefined || apiKey === '') return {};
  redactFromLogs(apiKey);
  return { apiKey };
}
