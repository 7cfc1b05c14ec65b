import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Outgoing } from '../../src/alert/notifier.ts';
import { loadConfig } from '../../src/config/load.ts';
import { planFullSuite } from '../../src/daemon/plan-full-suite.ts';
import { checkSchedule, scheduleProblems, startSchedule } from '../../src/daemon/schedule.ts';
import { sendDigest } from '../../src/daemon/send-digest.ts';
import { docsIn } from '../../src/domain/plan.ts';
import { loadTasks } from '../../src/evaluation/tasks/task-loader.ts';
import { systemClock } from '../../src/system/clock.ts';
import { createLog } from '../../src/system/log.ts';
import { RUN, seedStore } from '../api/seeded-store.ts';

let close = () => {};
afterEach(() => close());
const log = createLog({ format: 'plain', level: 'error', write: () => {} });

it('the full suite asks the newest evaluated checkpoint for every doc that its plan left out, once', async () => {
  const seeded = seedStore();
  close = seeded.close;
  const { store, events: bus } = seeded;
  const { tasks } = await loadTasks({ includePaths: [new URL('../../fixtures/tasks', import.meta.url).pathname] });
  const [idioms] = tasks.filter(({ summary }) => summary.name === 'idiom_zh');
  const newest = store.checkpoints.ofRun(RUN).findLast(({ state }) => state === 'evaluated')!;
  const plan = store.plans.ofCheckpoint(newest.id).at(-1)!;
  store.pins.add(newest.id, { directory: mkdtempSync(join(tmpdir(), 'libra-pin-')), kind: 'link', bytes: 1 });
  const context = { store, bus, log, tasks: new Map([['idiom_zh', idioms!]]) };
  expect(planFullSuite(context)).toEqual([newest.id]);
  const added = store.plans.get(plan.id)!.slices.filter(({ task }) => task === 'idiom_zh');
  expect(added).toMatchObject([{ from: 0, docs: idioms!.docs.length, reason: expect.stringContaining('full suite') }]);
  expect(docsIn(added[0]!)).toBe(idioms!.docs.length);
  const jobs = store.jobs.unfinished().filter(({ kind }) => kind === 'ask-further');
  expect(jobs).toMatchObject([{ payload: { checkpoint: newest.id }, run: RUN }]);
  // All of it is planned by now.
  expect(planFullSuite(context)).toEqual([]);
});

it('the digest waits in the outbox of every channel, once however often it is asked for', () => {
  const seeded = seedStore();
  close = seeded.close;
  const { store } = seeded;
  const { config } = loadConfig({ cwd: tmpdir(), env: {} });
  const now = Date.now();
  const clock = { ...systemClock, now: () => now };
  const channel = (name: string) => ({
    name,
    type: 'webhook',
    defaultSamples: 'ids' as const,
    send: async () => ({ kind: 'sent' as const, detail: '' }),
    close: () => {},
  });
  const before = store.deliveries.due(100).length;
  const context = { store, config, clock, notifiers: [channel('team'), channel('mail')] };
  expect(sendDigest(context)).toBe(2);
  sendDigest(context);
  const sent = store.deliveries.due(100).filter(({ event }) => event === 'digest');
  expect(store.deliveries.due(100)).toHaveLength(before + 2);
  expect(sent.map((delivery) => delivery.channel)).toEqual(['team', 'mail']);
  const [{ sections } = { sections: [] }] = (sent[0]!.payload as Outgoing).message.texts;
  expect(JSON.stringify(sections)).toContain('zh en small');
  expect(JSON.stringify(sections)).toContain('Open: ');
});

it('runs work when its time has come, takes new lines, and refuses what is no cron line', async () => {
  vi.useFakeTimers({ now: new Date(2026, 0, 2, 1, 59, 58) });
  try {
    const done: string[] = [];
    const work = { full_suite: () => done.push('full suite'), digest: () => done.push('digest') };
    const schedule = startSchedule(
      { full_suite: '0 2 * * *', digest: null },
      {
        full_suite: () => void work.full_suite(),
        digest: () => void work.digest(),
      },
    );
    await vi.advanceTimersByTimeAsync(5_000);
    expect(done).toEqual(['full suite']);
    schedule.set({ full_suite: null, digest: '1 2 * * *' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(done).toEqual(['full suite', 'digest']);
    expect(() => schedule.set({ full_suite: 'at night', digest: null })).toThrow(/schedule\.full_suite: "at night"/);
    await schedule.stop();
  } finally {
    vi.useRealTimers();
  }
  expect(() => checkSchedule({ full_suite: null, digest: '99 * * * *' })).toThrow(/no cron line/);
});

it('a line that is none is told by the loader, with file, line and key, beside all else that is wrong', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'libra-schedule-'));
  const load = (yaml: string) => {
    writeFileSync(join(cwd, 'libra.yaml'), yaml);
    return loadConfig({ cwd, env: {}, alsoCheck: scheduleProblems }).config.schedule;
  };
  try {
    expect(load('schedule:\n  full_suite: "0 2 * * *"\n  digest: "0 9 * * mon"\n').digest).toBe('0 9 * * mon');
    expect(() => load('schedule:\n  digest: null\n  full_suite: at night\n')).toThrow(
      /libra\.yaml:3: schedule\.full_suite must be a cron line such as .* found 'at night'/,
    );
    expect(() => load('sever: {}\nschedule: {digest: 99 * * * *}\n')).toThrow(/libra\.yaml:1: [\s\S]*libra\.yaml:2: /);
    expect(() => load('schedule: {digest: 5}\n')).toThrow(/schedule\.digest must be text/);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

it('the digest says which verdicts are not what they were when the week began', () => {
  const seeded = seedStore();
  close = seeded.close;
  const { store } = seeded;
  const evaluated = store.checkpoints.ofRun(RUN).filter(({ state }) => state === 'evaluated');
  const [newest, weekAgo] = [evaluated.at(-1)!, evaluated.at(-2)!];
  const [before] = store.verdicts.ofCheckpoint(weekAgo.id);
  store.verdicts.put(newest.id, [{ ...before!, checkpoint: newest.id, step: newest.step, kind: 'worse' }]);
  const { config } = loadConfig({ cwd: tmpdir(), env: {} });
  // The newest checkpoint alone lies in the week.
  const clock = { ...systemClock, now: () => newest.stateAt + 7 * 86_400_000 };
  const team = { name: 'team', type: 'webhook', defaultSamples: 'ids' as const, close: () => {} };
  const send = async () => ({ kind: 'sent' as const, detail: '' });
  sendDigest({ store, config, clock, notifiers: [{ ...team, send }] });
  const digest = store.deliveries.due(100).find(({ event }) => event === 'digest');
  const lines = (digest!.payload as Outgoing).message.texts[0]!.sections.flatMap((section) => section.lines);
  expect(lines.filter((line) => line.startsWith('Verdict changed'))).toEqual([
    expect.stringMatching(/^Verdict changed: .+: same -> worse$/),
  ]);
  expect(lines[0]).toContain('1 checkpoint evaluated');
});
