/** Runs `libra evaluate`: progress while it works, a table (or one JSON object) when it is done. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { type EvaluateOnceOptions, evaluateOnce, type OnceEvaluated } from '../../daemon/evaluate-once.ts';
import { engineSettingsOf, openEngines } from '../../daemon/open-engines.ts';
import { presentTax } from '../../daemon/read-alignment-tax.ts';
import { exitCodeOf } from '../../domain/errors.ts';
import type { CheckpointOutcomes } from '../../domain/trend.ts';
import { systemClock } from '../../system/clock.ts';
import { createLog, redactFromLogs } from '../../system/log.ts';
import { VERSION } from '../../system/version.ts';
import { type AlignmentTax, alignmentTax } from '../../trend/alignment-tax.ts';
import type { EvaluateFlags } from '../commands/evaluate.ts';
import { dataSourcesOf } from '../data-sources.ts';
import { renderTax } from '../tax/render-tax.ts';
import { columnsOf, createPalette, wantsColour } from '../terminal/color.ts';
import { createProgress } from '../terminal/progress.ts';
import { untilSignal } from '../until-signal.ts';
import { describeEvaluation } from './describe-evaluation.ts';
import { renderScores } from './render-scores.ts';

const ALL_TASKS = 'all tasks';

/** As many as the daemon asks by default (`robustness.docs`). */
const PERTURBED_DOCS = 100;

/** @returns the exit code: not 0 when a task asked for by name could not be loaded */
export async function runEvaluate(checkpoint: string, flags: EvaluateFlags): Promise<number> {
  const progress = createProgress(process.stderr, flags.json ? 'none' : 'auto');
  const workDirectory = await mkdtemp(join(tmpdir(), 'libra-evaluate-'));
  const stopping = untilSignal();
  try {
    const ask = (directory: string, own: Partial<EvaluateOnceOptions> = {}) =>
      evaluateOnce({
        checkpoint: directory,
        includePaths: flags.includePath ?? [],
        sources: dataSourcesOf(flags),
        only: flags.tasks,
        limit: flags.limit,
        numFewshot: flags.numFewshot,
        prompting: {
          applyChatTemplate: flags.applyChatTemplate ?? 'auto',
          fewshotAsMultiturn: flags.fewshotAsMultiturn ?? null,
          systemInstruction: flags.systemInstruction ?? null,
        },
        cache: flags.cache,
        modelType: flags.modelType,
        perturb: flags.perturb && { perturbations: flags.perturb, docs: flags.perturbDocs ?? PERTURBED_DOCS, seed: 1 },
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
        ...own,
      });
    const evaluated = await ask(checkpoint, { output: flags.output, baseModel: flags.baseModel });
    if (flags.against !== undefined) progress.print(`now the base model ${flags.against}`);
    const base = flags.against === undefined ? null : await ask(flags.against);
    progress.stop();
    show(evaluated, base, flags);
    return flags.tasks !== undefined && evaluated.problems.length > 0 ? exitCodeOf(evaluated.problems[0]!.error) : 0;
  } finally {
    progress.stop();
    stopping.forget();
    await rm(workDirectory, { recursive: true, force: true });
  }
}

function show(evaluated: OnceEvaluated, base: OnceEvaluated | null, flags: EvaluateFlags): void {
  const tax = base === null ? null : presentTax(taxOf(base, evaluated));
  for (const { task, file, error } of evaluated.problems) {
    process.stderr.write(`warning: ${task ?? file} is left out: ${error.message} ${error.hint}\n`);
  }
  for (const { task, perturbation, reason } of evaluated.notPerturbed) {
    process.stderr.write(`note: ${task} is not asked under ${perturbation}: ${reason}.\n`);
  }
  if (flags.json) {
    const against = base === null ? {} : { against: { checkpoint: base.facts.checkpoint, ...tax } };
    process.stdout.write(`${JSON.stringify({ ...describeEvaluation(evaluated), ...against })}\n`);
    return;
  }
  const { isTTY } = process.stdout;
  const look = {
    palette: createPalette(wantsColour(process.stdout)),
    width: isTTY ? columnsOf(process.stdout, 80) : undefined,
  };
  process.stdout.write(
    `${renderScores(evaluated, { ...look, isExplained: flags.explain === true, isWhole: flags.families === true })}\n`,
  );
  if (base === null || tax === null) return;
  const title = `${evaluated.facts.checkpoint} against ${base.facts.checkpoint}`;
  process.stdout.write(`\n${renderTax(title, tax, { ...look, withTasks: true })}\n`);
}

/** What the checkpoint gained and lost over its base; both answered in this very command. */
function taxOf(base: OnceEvaluated, tuned: OnceEvaluated): AlignmentTax {
  const [before, after] = [base, tuned].map(({ facts, measured }) => ({
    checkpoint: facts.checkpoint,
    step: 0,
    outcomes: measured.outcomes,
  })) as [CheckpointOutcomes, CheckpointOutcomes];
  const tasks = tuned.tasks.map(({ summary }) => summary);
  return alignmentTax(before, after, tasks, (checkpoint, task) => {
    const side = checkpoint === before.checkpoint ? base : tuned;
    return side.provenance.find((one) => one.task === task) ?? null;
  });
}

/** As libra.yaml has it, but for its niceness: here somebody waits. A flag wins. */
function engineOf(flags: EvaluateFlags): Pick<EvaluateOnceOptions, 'engine' | 'engines' | 'codeExecution'> {
  const file = flags.config === undefined ? {} : { file: flags.config };
  const { config } = loadConfig({ cwd: process.cwd(), env: process.env, ...file });
  const { niceness: _niceness, ...engine } = engineSettingsOf(config, process.env);
  const name = flags.engine ?? engine.name;
  const codeExecution = flags.code ?? config.code_execution;
  return { engine: { ...engine, name, ...engineKey() }, engines: openEngines(config), codeExecution };
}

/** Key of a server that runs already. */
function engineKey(): { readonly apiKey?: string } {
  const apiKey = process.env.LIBRA_ENGINE_KEY;
  if (apiKey === undefined || apiKey === '') return {};
  redactFromLogs(apiKey);
  return { apiKey };
}
