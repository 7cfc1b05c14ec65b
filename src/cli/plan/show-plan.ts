/** Finds the checkpoint somebody means and prints its plan: the one that was kept, or what would be decided now. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { presentPlan } from '../../api/present.ts';
import { resolveDataDirectory } from '../../config/data-directory.ts';
import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { loadWatchedTasks } from '../../daemon/load-watched-tasks.ts';
import { openDataSources } from '../../daemon/open-data-sources.ts';
import { decideFor } from '../../daemon/plan-checkpoint.ts';
import { planInput, planInputOfNew } from '../../daemon/plan-input.ts';
import { findPlannable, type Plannable } from '../../daemon/plannable.ts';
import { sayStanding } from '../../daemon/queue-note.ts';
import { LibraError } from '../../domain/errors.ts';
import type { Evaluation } from '../../domain/evaluation.ts';
import type { Plan } from '../../domain/plan.ts';
import { openStoreForReading, type Store } from '../../store/open-store.ts';
import type { StrategyInput } from '../../strategy/strategy.ts';
import { systemClock } from '../../system/clock.ts';
import { createLog } from '../../system/log.ts';
import { columnsOf, createPalette, type Output, wantsColour } from '../terminal/color.ts';
import { renderPlan } from './render-plan.ts';

export interface PlanFlags {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly strategy?: string | undefined;
  readonly tasks?: readonly string[] | undefined;
  readonly includePath?: readonly string[] | undefined;
  readonly dataPath?: readonly string[] | undefined;
  readonly json?: true | undefined;
}

type Screen = Output & { write(text: string): unknown };

export interface PlanOutputs {
  readonly out: Screen;
  readonly err: { write(text: string): unknown };
}

interface Shown {
  readonly plan: Plan;
  /** Seconds each slice took. */
  readonly costs: readonly (number | null)[];
  readonly evaluation: Evaluation | undefined;
  /** What it was decided from; null for a plan that was kept. */
  readonly input: StrategyInput | null;
}

/** @throws LIBRA_NOT_FOUND, LIBRA_RUN_UNKNOWN when there is no such checkpoint, LIBRA_USAGE without a task */
export async function showPlan(text: string, flags: PlanFlags, { out, err }: PlanOutputs): Promise<void> {
  const config = configOf(flags);
  const directory = resolveDataDirectory(config.data, process.env);
  const hasStore = existsSync(join(directory, 'libra.db'));
  const store = hasStore ? openStoreForReading({ directory, now: systemClock.now }) : null;
  try {
    const found = await findPlannable(store, text);
    const isAnew = (flags.strategy ?? flags.tasks ?? flags.includePath) !== undefined;
    const kept = store === null || isAnew ? null : keptPlan(store, found);
    const shown = kept ?? (await decided(store, found, config, directory, err));
    const reply = presentPlan(shown.plan, shown.costs, shown.evaluation);
    if (flags.json) {
      out.write(`${JSON.stringify(reply)}\n`);
      return;
    }
    const width = out.isTTY ? columnsOf(out, 80) : undefined;
    const look = { palette: createPalette(wantsColour(out)), width };
    const standing = kept === null ? [] : sayStanding(store!, found.checkpoint!);
    const occasion = { name: found.name, state: shown.evaluation?.state ?? null, input: shown.input, standing };
    out.write(`${renderPlan(reply, occasion, look)}\n`);
  } finally {
    store?.close();
  }
}

function configOf(flags: PlanFlags): Config {
  const given = [
    { key: 'data', value: flags.data, flag: '--data' },
    { key: 'strategy', value: flags.strategy, flag: '--strategy' },
    { key: 'tasks.only', value: flags.tasks, flag: '--tasks' },
    { key: 'tasks.include_path', value: flags.includePath, flag: '--include-path' },
    { key: 'tasks.data_path', value: flags.dataPath, flag: '--data-path' },
  ].filter(({ value }) => value !== undefined);
  const file = flags.config === undefined ? {} : { file: flags.config };
  return loadConfig({ cwd: process.cwd(), env: process.env, flags: given, ...file }).config;
}

/** The newest, with what it took; null while there is none. */
function keptPlan(store: Store, { checkpoint }: Plannable): Shown | null {
  const plan = checkpoint === null ? undefined : store.plans.ofCheckpoint(checkpoint.id).at(-1);
  if (plan === undefined) return null;
  const evaluation = store.evaluations.ofCheckpoint(plan.checkpoint).find((one) => one.plan === plan.id);
  return { plan, costs: store.plans.costs(plan.id), evaluation, input: null };
}

async function decided(
  store: Store | null,
  { name, checkpoint, directory: path, step, modelType }: Plannable,
  config: Config,
  dataDirectory: string,
  err: PlanOutputs['err'],
): Promise<Shown> {
  const log = createLog({ format: 'plain', level: 'warn', write: (line) => void err.write(`${line}\n`) });
  const loaded = await loadWatchedTasks(
    config,
    openDataSources({ tasks: config.tasks, env: process.env, dataDirectory }),
    log,
  );
  if (loaded.length === 0) {
    throw new LibraError('LIBRA_USAGE', 'There are no tasks to plan with.', {
      hint: 'Name a folder of task files with --include-path, or tasks of the library with --tasks.',
    });
  }
  const tasks = new Map(loaded.map((task) => [task.summary.name, task]));
  const input =
    store !== null && checkpoint !== null
      ? planInput({ store, config, tasks }, checkpoint)
      : planInputOfNew({ config, tasks }, { path, step, modelType });
  const plan = decideFor({ config }, checkpoint?.id ?? name, input);
  return { plan, costs: [], evaluation: undefined, input };
}
