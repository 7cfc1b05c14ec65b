/** Keys of a task file that Libra can't honour: a task with one of them is refused with a reason, never run without it. */
import { LibraError } from '../../domain/errors.ts';
import { nearestTo } from './task-index.ts';
import { findFunction, type YamlFields } from './yaml-values.ts';

/** Keys of the format that change nothing here: names, notes, decontamination, and what concerns only the harness's own machinery. */
const IGNORED = [
  'group',
  'group_alias',
  'tag',
  'task_list',
  'aggregate_metric_list',
  'should_decontaminate',
  'doc_to_decontamination_query',
  'unsafe_code',
  'recipe',
  'weight_by_size',
];
/** Keys whose values Libra can't honour: a task with one of them is refused, never run without. */
const REFUSED: Readonly<Record<string, string>> = {
  class: 'is a Python class',
  process_docs: 'processes its docs in Python',
  process_results: 'scores its docs in Python',
  custom_dataset: 'makes its data set in Python',
  use_prompt: "uses promptsource's prompts",
  doc_to_image: 'needs images',
  doc_to_audio: 'needs audio',
};

/** @throws LibraError naming the file and line of the function */
export function refuseWhatNeedsPython(raw: YamlFields, path: string): void {
  for (const [key, value] of Object.entries(raw)) {
    if (IGNORED.includes(key) || value == null) continue;
    const reference = findFunction(value);
    if (reference !== undefined) {
      const why = REFUSED[key] ?? `takes \`${key}\` from Python`;
      throw new LibraError(
        'LIBRA_TASK_INVALID',
        `${reference.file}:${reference.line}: the task ${why} (\`!function ${reference.name}\`), which Libra does not run.`,
        { hint: 'Say the same with a Jinja template, a filter_list or prepared data, or leave this task out.' },
      );
    }
    if (key in REFUSED) {
      throw invalid(path, `the task ${REFUSED[key]} (\`${key}\`), which Libra can't do`, 'Leave this task out.');
    }
  }
}

/** @param keys that the settings read */
export function refuseUnknownKeys(raw: YamlFields, keys: readonly string[], path: string): void {
  const known = [...keys, ...IGNORED, ...Object.keys(REFUSED), 'include'];
  const unknown = Object.keys(raw).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const nearest = nearestTo(unknown, known);
  throw invalid(
    path,
    `\`${unknown}\` is not a key of a task file`,
    nearest === undefined ? 'Take it out; notes of your own belong under `metadata`.' : `Did you mean \`${nearest}\`?`,
  );
}

function invalid(file: string, what: string, hint: string): LibraError {
  return new LibraError('LIBRA_TASK_INVALID', `${file}: ${what}.`, { hint });
}
