/** The built-in library as a whole: every task says what it is, every capability has one, every group names tasks that there are. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CAPABILITIES, PROBES } from '../../../src/domain/capability.ts';
import { chooseTasks } from '../../../src/evaluation/tasks/choose-tasks.ts';
import { LIBRARY, libraryWith, namesToEvaluate } from '../../../src/evaluation/tasks/library.ts';
import { indexTasks, type TaskIndex } from '../../../src/evaluation/tasks/task-index.ts';
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';
import { readSettings, type TaskSettings } from '../../../src/evaluation/tasks/task-settings.ts';
import { choiceDocs, choiceTask, taskFiles } from '../../fakes/task-files.ts';

let index: TaskIndex;
let settings: readonly TaskSettings[];
beforeAll(async () => {
  index = await indexTasks([LIBRARY]);
  settings = [...index.tasks.values()].map((file) => readSettings(file));
});

const namesWhere = (wrong: (task: TaskSettings) => boolean) => settings.filter(wrong).map(({ name }) => name);
const membersOf = async (name: string) => (await chooseTasks(index, name)).choices.map((choice) => choice.name);

describe('the library', () => {
  it('has no file that is wrong and no name twice', () => {
    expect(index.problems).toEqual([]);
    expect(settings.length).toBeGreaterThan(300);
  });

  it('says of every task its licence, its source and what it measures', () => {
    const known = new Set([...CAPABILITIES, ...PROBES].map(({ id }) => id));
    expect(namesWhere(({ card }) => card.licence === null || card.source === null)).toEqual([]);
    expect(namesWhere(({ capabilities }) => capabilities.length === 0)).toEqual([]);
    expect(
      namesWhere(({ needs, capabilities }) => needs === null && !capabilities.every((id) => known.has(id))),
    ).toEqual([]);
  });

  it('says the kind of every task that asks a language model something', () => {
    const isProbe = ({ capabilities }: TaskSettings) => capabilities.every((id) => id.startsWith('probe.'));
    expect(namesWhere((task) => task.card.kinds.length === 0 && task.needs === null && !isProbe(task))).toEqual([]);
  });

  it('has a version for every task', () => {
    expect(namesWhere(({ version }) => version === 'Yaml')).toEqual([]);
  });

  it('gives every leaf of the tree a task that runs with what is built in', async () => {
    const { tasks, problems } = await loadTasks({ includePaths: [], only: ['starter'] });
    expect(problems).toEqual([]);
    const parents = new Set(CAPABILITIES.map(({ id }) => id.slice(0, Math.max(0, id.lastIndexOf('.')))));
    const leaves = CAPABILITIES.map(({ id }) => id).filter((id) => !parents.has(id));
    const measured = new Set(tasks.flatMap(({ summary }) => summary.capabilities));
    expect(leaves).toHaveLength(47);
    expect(leaves.filter((leaf) => !measured.has(leaf))).toEqual([]);
    expect(tasks.every(({ summary }) => summary.card.notice === 'starter docs, not a benchmark')).toBe(true);
  });

  it('has the groups by which people call the sets', async () => {
    const sizes: Record<string, number> = {};
    for (const name of index.groups.keys()) sizes[name] = new Set(await membersOf(name)).size;
    expect(sizes).toMatchObject({
      mmlu: 57,
      mmlu_stem: 19,
      mmlu_humanities: 13,
      mmlu_social_sciences: 12,
      mmlu_other: 13,
      ceval: 52,
      'ceval-valid': 52,
      cmmlu: 67,
      bbh: 27,
      fewclue: 7,
      csem: 4,
      safetybench: 7,
      clcc: 10,
      clcc_judged: 23,
      gaokao_bench: 8,
      math: 7,
      raft: 6,
      starter: 47,
    });
  });

  it('maps the categories of SafetyBench and the abilities of CLCC to leaves of their own', () => {
    const of = (prefix: string) =>
      settings.filter(({ name }) => name.startsWith(prefix)).map((task) => task.capabilities);
    expect(new Set(of('safetybench_zh_').flat()).size).toBe(7);
    expect(
      of('safetybench_zh_')
        .flat()
        .every((id) => id.startsWith('safety.')),
    ).toBe(true);
    expect(
      new Set(settings.filter(({ needs }) => needs?.startsWith('a judge')).flatMap((task) => task.capabilities)).size,
    ).toBe(23);
  });
});

describe('which tasks are meant', () => {
  it('are the own ones of who names a directory and no task', () => {
    expect(libraryWith(['mine'], undefined)).toEqual(['mine']);
    expect(libraryWith([], undefined)).toEqual([LIBRARY]);
    expect(libraryWith(['mine'], ['gsm8k'])).toEqual([LIBRARY, 'mine']);
    expect(namesToEvaluate(['mine'], undefined)).toBeUndefined();
    expect(namesToEvaluate([], ['gsm8k'])).toEqual(['gsm8k']);
    expect(namesToEvaluate([], undefined)).toEqual(['starter']);
  });

  it('may be of both, and an own one replaces a built-in one of its name', async () => {
    const place = await taskFiles({
      'colours.yaml': choiceTask(),
      'own.yaml': choiceTask('', 'starter_basic_reasoning_math'),
      'docs.jsonl': choiceDocs(3),
    });
    const only = ['colours', 'starter_basic_reasoning_math', 'starter_basic_reasoning_logic'];
    const { tasks, problems } = await loadTasks({ includePaths: [place], only });
    expect(problems).toEqual([]);
    expect(tasks.map(({ summary }) => [summary.name, summary.size > 20])).toEqual([
      ['colours', false],
      ['starter_basic_reasoning_logic', true],
      ['starter_basic_reasoning_math', false],
    ]);
    expect((await loadTasks({ includePaths: [place] })).tasks).toHaveLength(2);
  });

  it('are listed with the reason when they cannot run', async () => {
    const { tasks, problems } = await loadTasks({ includePaths: [], only: ['gsm8k', 'imageeval_zh', 'clcc_creative'] });
    expect(tasks).toEqual([]);
    expect(problems.map(({ task, error }) => [task, error.code])).toEqual([
      ['gsm8k', 'LIBRA_DATASET_MISSING'],
      ['imageeval_zh', 'LIBRA_TASK_NOT_RUNNABLE'],
      ['clcc_creative', 'LIBRA_TASK_NOT_RUNNABLE'],
    ]);
    expect(problems[0]!.error.hint).toMatch(/openai\/gsm8k on the Hugging Face hub/);
    expect(problems[1]!.error.message).toMatch(/text-to-image/);
    expect(problems[2]!.error.message).toMatch(/judge/);
  });
});
