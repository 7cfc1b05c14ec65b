/** Writes evaluations as lm-evaluation-harness leaves them: a folder a checkpoint, results and samples in it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';
import { sha256 } from '../../src/system/hash.ts';

export interface HarnessOptions {
  /** Folder of a checkpoint; `checkpoint-<step>` by default. */
  readonly folder?: (step: number) => string;
  /** Aggregates alone, without samples. */
  readonly withoutSamples?: boolean;
  /** Names as in releases before 0.4: `acc`, not `acc,none`; no n, no configs, no samples. */
  readonly old?: boolean;
  /** Other texts before the doc. */
  readonly prompt?: string;
  /** Time in the files' names. */
  readonly stamp?: string;
  readonly nameOf?: (task: string) => string;
  /** Docs written, by index; all by default. */
  readonly hasDoc?: (index: number, step: number) => boolean;
}

/** Writes every checkpoint of a world. @returns the folders */
export async function writeHarnessFolders(
  root: string,
  checkpoints: Iterable<CheckpointOutcomes>,
  options: HarnessOptions = {},
): Promise<string[]> {
  const folders: string[] = [];
  for (const checkpoint of checkpoints) folders.push(await writeHarnessFolder(root, checkpoint, options));
  return folders;
}

export async function writeHarnessFolder(
  root: string,
  { step, outcomes }: CheckpointOutcomes,
  options: HarnessOptions = {},
): Promise<string> {
  const { stamp = '2024-05-01T12-00-00.123456', prompt = 'Q: ', nameOf = (task: string) => task } = options;
  const folder = join(root, (options.folder ?? ((at: number) => `checkpoint-${at}`))(step));
  await mkdir(folder, { recursive: true });
  const results: Record<string, Record<string, unknown>> = {};
  const sizes: Record<string, unknown> = {};
  const configs: Record<string, unknown> = {};
  for (const { task, metric, values } of outcomes) {
    const name = nameOf(task);
    const has = options.hasDoc ?? (() => true);
    const indexes = [...values.keys()].filter((index) => has(index, step));
    const mean = indexes.reduce((sum, index) => sum + values[index]!, 0) / indexes.length;
    const stderr = Math.sqrt((mean * (1 - mean)) / (indexes.length - 1));
    results[name] = options.old
      ? { [metric]: mean, [`${metric}_stderr`]: stderr }
      : { alias: name, [`${metric},none`]: mean, [`${metric}_stderr,none`]: stderr };
    sizes[name] = { original: values.length, effective: indexes.length };
    configs[name] = {
      task: name,
      output_type: 'multiple_choice',
      doc_to_text: `${prompt}{{question}}`,
      num_fewshot: 0,
      metric_list: [{ metric, aggregation: 'mean', higher_is_better: true }],
    };
    if (options.withoutSamples || options.old) continue;
    const lines = indexes.map((index) => JSON.stringify(sampleOf(name, metric, index, values[index]!, prompt)));
    await writeFile(join(folder, `samples_${name}_${stamp}.jsonl`), `${lines.join('\n')}\n`);
  }
  const names = Object.keys(results);
  const each = <T>(value: T) => Object.fromEntries(names.map((name) => [name, value]));
  const file = options.old
    ? {
        results,
        versions: each(0),
        config: { model: 'hf-causal', model_args: `pretrained=out/step-${step}`, num_fewshot: 0 },
      }
    : {
        results,
        group_subtasks: {},
        configs,
        versions: each(1),
        'n-shot': each(0),
        higher_is_better: each({ acc: true }),
        'n-samples': sizes,
        config: { model: 'hf', model_args: `pretrained=out/step-${step}` },
        date: 1714564800 + step,
        chat_template: null,
      };
  await writeFile(join(folder, options.old ? 'results.json' : `results_${stamp}.json`), JSON.stringify(file, null, 1));
  return folder;
}

function sampleOf(task: string, metric: string, index: number, value: number, prompt: string): Record<string, unknown> {
  const question = `${task} doc ${index}?`;
  const choices = [' red', ' green', ' blue', ' grey'];
  const right = index % 4;
  const chosen = value > 0.5 ? right : (right + 1) % 4;
  const asked = `${prompt}${question}\nA:`;
  return {
    doc_id: index,
    doc: { question, answer: right },
    target: String(right),
    arguments: Object.fromEntries(choices.map((choice, i) => [`gen_args_${i}`, { arg_0: asked, arg_1: choice }])),
    resps: choices.map((_, i) => [[i === chosen ? '-0.1' : '-2.5', String(i === chosen)]]),
    filtered_resps: choices.map((_, i) => [i === chosen ? '-0.1' : '-2.5', String(i === chosen)]),
    filter: 'none',
    metrics: [metric],
    doc_hash: sha256(question),
    prompt_hash: sha256(asked),
    target_hash: sha256(String(right)),
    [metric]: value,
  };
}
