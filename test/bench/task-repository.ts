/**
 * Reads a whole repository of lm-evaluation-harness task files: `npm run bench:task-repository -- DIR [--json]`.
 * Every file is read with what it includes, every task's settings, filters and metrics are checked and its templates compiled, every
 * group's members are found; no data set is read. Prints how many load, how fast, and the reasons for the rest by class.
 */

import { createDocReader } from '../../src/evaluation/asking/doc-fields.ts';
import { chooseTasks } from '../../src/evaluation/tasks/choose-tasks.ts';
import { indexTasks } from '../../src/evaluation/tasks/task-index.ts';
import { measuresOf } from '../../src/evaluation/tasks/task-measures.ts';
import { readSettings } from '../../src/evaluation/tasks/task-settings.ts';

/** The first that fits an error's message names its class. */
const CLASSES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Python: process_docs', /processes its docs in Python/],
  ['Python: process_results', /scores its docs in Python/],
  ['Python: custom_dataset', /makes its data set in Python/],
  ['Python: class', /is a Python class/],
  ['Python: another !function', /`!function/],
  ['images or audio', /needs (?:images|audio)/],
  ['promptsource', /promptsource/],
  ['metric that is not known', /the metric '.*' (?:is not known|does not fit)/],
  ['aggregation that is not known', /the aggregation '/],
  ['filter', /the filter '/],
  ['template', /is not a Jinja template|Jinja/],
];

interface Failure {
  readonly name: string;
  readonly class: string;
  readonly message: string;
}

const classOf = (message: string): string => CLASSES.find(([, pattern]) => pattern.test(message))?.[0] ?? 'other';

const [directory, ...flags] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('usage: npm run bench:task-repository -- DIR [--json]\n');
  process.exit(2);
}

/** Milliseconds of computing: the clock on the wall also counts whoever else uses the machine. */
const clock = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
const onTheWall = performance.now();
const from = clock();
const index = await indexTasks([directory]);
const indexed = clock();

const failures: Failure[] = index.problems.map(({ file, error }) => ({
  name: file,
  class: `file: ${classOf(error.message)}`,
  message: error.message,
}));
let tasks = 0;
for (const [name, file] of index.tasks) {
  try {
    const settings = readSettings(file);
    measuresOf(settings, file.path);
    createDocReader(settings, [], file.path);
    tasks++;
  } catch (error) {
    const message = (error as Error).message;
    failures.push({ name, class: classOf(message), message });
  }
}
const read = clock();
let groups = 0;
for (const name of index.groups.keys()) {
  try {
    const { problems } = await chooseTasks(index, name);
    if (problems[0] !== undefined) throw problems[0].error;
    groups++;
  } catch (error) {
    const message = (error as Error).message;
    failures.push({ name, class: `group: ${classOf(message)}`, message });
  }
}
const chosen = clock();

const byClass = new Map<string, Failure[]>();
for (const failure of failures) byClass.set(failure.class, [...(byClass.get(failure.class) ?? []), failure]);
const classes = [...byClass].sort(([, a], [, b]) => b.length - a.length);
const figures = {
  tasks: { found: index.tasks.size, loaded: tasks },
  groups: { found: index.groups.size, loaded: groups },
  tags: index.tags.size,
  milliseconds: {
    index: Math.round(indexed - from),
    settings: Math.round(read - indexed),
    groups: Math.round(chosen - read),
    onTheWall: Math.round(performance.now() - onTheWall),
  },
  reasons: Object.fromEntries(classes.map(([name, listed]) => [name, listed.length])),
};

if (flags.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ ...figures, failures })}\n`);
} else {
  process.stdout.write(
    `${[
      `tasks   ${figures.tasks.loaded} of ${figures.tasks.found} load`,
      `groups  ${figures.groups.loaded} of ${figures.groups.found} load`,
      `tags    ${figures.tags}`,
      `time    ${figures.milliseconds.index} ms to index, ${figures.milliseconds.settings} ms for settings and templates, ${figures.milliseconds.groups} ms for groups (of computing; ${figures.milliseconds.onTheWall} ms on the wall)`,
      'not loaded:',
      ...classes.flatMap(([name, listed]) => [
        `  ${String(listed.length).padStart(6)}  ${name}`,
        `          such as ${listed[0]!.name}: ${listed[0]!.message}`,
      ]),
    ].join('\n')}\n`,
  );
}
