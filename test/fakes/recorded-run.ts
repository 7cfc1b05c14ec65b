/** The recorded training runs as the trend stage sees them: outcomes by `transformers`, truth per capability, telemetry. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskSummary } from '../../src/domain/task.ts';
import type { TelemetryPoint } from '../../src/domain/telemetry.ts';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';
import { parseTolerantJson } from '../../src/system/json.ts';
import { createRandom } from './worlds.ts';

export interface RecordedRun {
  readonly checkpoints: readonly CheckpointOutcomes[];
  readonly tasks: readonly TaskSummary[];
  /** Capability -> true value per checkpoint, on all documents. */
  readonly truth: Readonly<Record<string, readonly number[]>>;
  readonly telemetry: readonly TelemetryPoint[];
}

interface TruthFile {
  readonly tasks: Record<string, { capabilities: string[]; metric: string }>;
  readonly checkpoints: { step: number; capabilities: Record<string, number> }[];
}

/** Null where the run is not recorded (yet). @param docs first documents of each task that are evaluated */
export function readRecordedRun(directory: string, docs = 300): RecordedRun | null {
  if (!existsSync(join(directory, 'truth_outcomes.json'))) return null;
  const read = (name: string) => parseTolerantJson(readFileSync(join(directory, name), 'utf8'));
  const truth = read('truth.json') as TruthFile;
  const outcomes = read('truth_outcomes.json') as Record<string, Record<string, Record<string, string | number[]>>>;
  const lengthOf = (name: string, metric: string) => Object.values(outcomes)[0]![name]![metric]!.length;
  const tasks = Object.entries(truth.tasks).map(([name, { capabilities, metric }]) => ({
    name,
    version: '1',
    hash: name,
    capabilities,
    outputType: 'multiple_choice' as const,
    card: { kinds: [], licence: null, source: null, notice: null },
    numFewshot: 0,
    metrics: [{ metric, higherIsBetter: metric !== 'bits_per_byte', options: {} }],
    primaryMetric: metric,
    size: Math.min(docs, lengthOf(name, metric)),
  }));
  const checkpoints = truth.checkpoints.map(({ step }) => ({
    checkpoint: `run-${step}`,
    step,
    outcomes: tasks.map(({ name, primaryMetric: metric }) => ({
      task: name,
      metric,
      taskHash: name,
      higherIsBetter: metric !== 'bits_per_byte',
      values: Float32Array.from(Array.from(outcomes[String(step)]![name]![metric]!, Number).slice(0, docs)),
    })),
  }));
  const names = Object.keys(truth.checkpoints[0]!.capabilities);
  const curves = names.map((name) => [name, truth.checkpoints.map((each) => each.capabilities[name]!)] as const);
  return { checkpoints, tasks, truth: Object.fromEntries(curves), telemetry: readTelemetry(directory) };
}

/** log_history of the last checkpoint's trainer_state.json. */
function readTelemetry(directory: string): TelemetryPoint[] {
  const last = readdirSync(directory)
    .filter((name) => name.startsWith('checkpoint-') && existsSync(join(directory, name, 'trainer_state.json')))
    .sort((a, b) => Number(b.slice(11)) - Number(a.slice(11)))[0];
  if (!last) return [];
  const state = parseTolerantJson(readFileSync(join(directory, last, 'trainer_state.json'), 'utf8')) as {
    log_history: Record<string, number | undefined>[];
  };
  return state.log_history
    .filter((entry) => entry.loss !== undefined)
    .map((entry) => {
      const mix = Object.entries(entry).filter(([key]) => key.startsWith('data_mix_'));
      return {
        step: entry.step!,
        tokens: null,
        loss: entry.loss ?? null,
        learningRate: entry.learning_rate ?? null,
        gradNorm: entry.grad_norm ?? null,
        dataMix: mix.length ? Object.fromEntries(mix.map(([key, share]) => [key.slice(9), share!])) : null,
      };
    });
}

/** The same run with each task's docs drawn anew, with replacement: as if others had been written (bootstrap; Efron 1979). */
export function resampled(run: RecordedRun, seed: number): RecordedRun {
  const random = createRandom(seed);
  const drawn = new Map(
    run.tasks.map(({ name, size }) => [name, Array.from({ length: size }, () => Math.floor(random.uniform() * size))]),
  );
  const checkpoints = run.checkpoints.map((checkpoint) => ({
    ...checkpoint,
    outcomes: checkpoint.outcomes.map((each) => ({
      ...each,
      values: Float32Array.from(drawn.get(each.task)!, (doc) => each.values[doc]!),
    })),
  }));
  return { ...run, checkpoints };
}
