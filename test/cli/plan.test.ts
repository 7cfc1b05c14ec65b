/** `libra plan` of a checkpoint that was evaluated, of one that waits, and of a directory that nobody watches; and the API's answer. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { type PlanReply, planReply } from '../../src/api/contract.ts';
import { createServer } from '../../src/api/server.ts';
import { type PlanFlags, showPlan } from '../../src/cli/plan/show-plan.ts';
import { createEventBus } from '../../src/daemon/event-bus.ts';
import { silentLog } from '../../src/system/log.ts';
import { RUN, seedStore } from '../api/seeded-store.ts';
import { choiceDocs, choiceTask, taskFiles } from '../fakes/task-files.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';

async function plan(text: string, flags: PlanFlags = {}) {
  let shown = '';
  await showPlan(text, flags, { out: { write: (piece) => (shown += piece) }, err: { write: () => {} } });
  return shown;
}

const json = async (text: string, flags: PlanFlags = {}) =>
  JSON.parse(await plan(text, { ...flags, json: true })) as PlanReply;

const tasks = () =>
  taskFiles({
    'a.yaml': choiceTask('metadata: { version: 1.0, capabilities: [basic.knowledge] }'),
    'docs.jsonl': choiceDocs(700),
  });

it('shows the plan that was kept, what it cost and what it left out, as the API does', async () => {
  const { store } = seedStore();
  const data = dirname(store.file);
  store.plans.spend('plan-100', 0, 1.5);
  const reply = planReply.parse(await json(`${RUN}@100`, { data }));
  expect(reply.slices).toEqual([
    expect.objectContaining({ from: 0, docs: 300, chosen: null, expected_seconds: 2, seconds: 1.5 }),
  ]);
  expect(reply.left_out).toEqual([expect.objectContaining({ task: 'stories', docs: 40, expected_seconds: 9 })]);
  const bus = createEventBus({
    append: store.events.append,
    transaction: store.transaction,
    now: () => 1,
    onListenerError: () => {},
  });
  const server = createServer({
    store,
    config: { host: '127.0.0.1', port: 0, tokens: [] },
    token: 't',
    events: bus,
    poke: () => {},
    version: '1',
    log: silentLog,
  });
  const url = await server.listen();
  try {
    expect(await (await fetch(`${url}/api/v1/plans/plan-100`)).json()).toEqual(reply);
  } finally {
    await server.close();
  }
  const text = await plan(`${RUN}@100`, { data });
  expect(text).toContain(`${RUN}-100: strategy fixed, finished`);
  expect(text).toMatch(/1 +antonyms_zh +300 +2 s +2 s/);
  expect(text).toContain('1  The first docs of every task. Could change: the verdict on its capability.');
  expect(text).toContain('Left out (1):\n  stories, 40 docs, 9 s\n    There was no time for it.');
  expect(text).toContain('300 docs, expected: 2 s');
});

it('plans anew with another strategy, from what is known of the run', async () => {
  const { store } = seedStore();
  const text = await plan(`${RUN}@1200`, {
    data: dirname(store.file),
    strategy: 'adaptive',
    includePath: [await tasks()],
  });
  expect(text).toContain(`${RUN}-1200: strategy adaptive, as it would be planned now`);
  expect(text).toContain('11 checkpoints before it are evaluated.');
  expect(text).toMatch(/1 +colours +300 +\?/);
  expect(text).toContain('It was never measured on this run');
});

it('plans a directory that nobody watches as the first of its run', async () => {
  const place = await temporaryPlace();
  const directory = join(place, 'checkpoint-40');
  await mkdir(directory);
  await writeFile(join(directory, 'config.json'), JSON.stringify({ architectures: ['LlamaForCausalLM'] }));
  const flags = { data: join(place, 'none'), includePath: [await tasks()], strategy: 'adaptive' };
  const reply = planReply.parse(await json(directory, flags));
  expect(reply).toMatchObject({ checkpoint: 'checkpoint-40', cost: { expected_seconds: null, seconds: null } });
  expect(reply.slices.map(({ from, docs }) => [from, docs])).toEqual([[0, 300]]);
  expect(await plan(directory, flags)).toContain('checkpoint-40');
});

it('says what there is when a checkpoint is not', async () => {
  const { store } = seedStore();
  const data = dirname(store.file);
  await expect(plan(`${RUN}@130`, { data })).rejects.toThrow(
    expect.objectContaining({ code: 'LIBRA_NOT_FOUND', hint: expect.stringContaining('Steps near it: 100, 200') }),
  );
  await expect(plan('other', { data })).rejects.toThrow(expect.objectContaining({ code: 'LIBRA_RUN_UNKNOWN' }));
  await expect(plan('other', { data: join(data, 'none') })).rejects.toThrow(
    expect.objectContaining({ code: 'LIBRA_NOT_FOUND' }),
  );
});
