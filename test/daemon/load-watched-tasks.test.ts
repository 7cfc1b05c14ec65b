/** Which tasks the daemon evaluates, as its configuration says. */
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { loadWatchedTasks } from '../../src/daemon/load-watched-tasks.ts';
import { NO_SOURCES } from '../../src/evaluation/data/sources/data-sources.ts';
import { createLog } from '../../src/system/log.ts';
import { choiceDocs, choiceTask, taskFiles } from '../fakes/task-files.ts';

async function watched(flags: Readonly<Record<string, readonly string[]>>) {
  const { config } = loadConfig({
    cwd: await taskFiles({}),
    env: {},
    flags: Object.entries(flags).map(([key, value]) => ({ key, value, flag: `--${key}` })),
  });
  let log = '';
  const write = (line: string) => {
    log += line;
  };
  const tasks = await loadWatchedTasks(config, NO_SOURCES, createLog({ format: 'plain', level: 'info', write }));
  return { names: tasks.map(({ summary }) => summary.name), log };
}

test('without a word it is the starter set, and the log says what that is', async () => {
  const { names, log } = await watched({});
  expect(names).toHaveLength(47);
  expect(names.every((name) => name.startsWith('starter_'))).toBe(true);
  expect(log).toMatch(/starter docs, not a benchmark.*--tasks/);
});

test('with a directory it is what is there; with names it may be of both', async () => {
  const place = await taskFiles({ 'colours.yaml': choiceTask(), 'docs.jsonl': choiceDocs(3) });
  expect(await watched({ 'tasks.include_path': [place] })).toEqual({ names: ['colours'], log: '' });
  const both = await watched({
    'tasks.include_path': [place],
    'tasks.only': ['colours', 'starter_basic_reasoning_math'],
  });
  expect(both).toEqual({ names: ['colours', 'starter_basic_reasoning_math'], log: '' });
});
