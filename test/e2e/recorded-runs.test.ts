/** The promise, end to end: real checkpoints written by a trainer that rotates them away, watched by the real daemon, judged against the truth. */
import { describe, expect, it } from 'vitest';
import { recordedSteps } from '../../src/cli/demo/replay-run.ts';
import { learnTaskFacts } from '../../src/daemon/task-facts.ts';
import type { Alert } from '../../src/domain/alert.ts';
import { docsOfAll } from '../../src/domain/plan.ts';
import { loadTasks } from '../../src/evaluation/tasks/task-loader.ts';
import type { Store } from '../../src/store/open-store.ts';
import { judgeCheckpoint } from '../../src/trend/judge.ts';
import { readRecordedRun } from '../fakes/recorded-run.ts';
import { readTruth, trueFalls } from './truth.ts';
import { makePlace, type Place, ROOT, read, recordedRun, replay, watch } from './watched-replay.ts';

const MINUTES = 60_000;
const PACE = { interval: 3, save: 1, keep: 2 };

async function watchReplay(run: string, place: Place): Promise<void> {
  const libra = watch(place, ['--until-idle', '6']);
  await libra.until(({ event }) => event === 'daemon.started', 'start');
  await replay(run, place, PACE);
  expect(await libra.ended).toMatchObject({ code: 0 });
}

/** A curve that climbs a point a checkpoint or more, before the loss or while it lasts, hides a loss of 8 for a while: see the README's limits. */
function climbsSteeply(capability: string): boolean {
  const curve = readTruth('healthy').map((each) => each.capabilities[capability]!);
  const rise = (from: number, to: number) => (curve.at(to)! - curve.at(from)!) / 4;
  return Math.max(rise(-8, -4), rise(-5, -1)) >= 0.01;
}

const statesOf = (store: Store, run: string) => store.checkpoints.ofRun(run).map(({ step, state }) => [step, state]);
const leavesNamed = (alerts: readonly Alert[], leaves: ReadonlySet<string>) =>
  alerts
    .filter(({ kind }) => kind === 'regression')
    .flatMap((alert) => alert.members)
    .filter((member) => leaves.has(member.capability));

/** Of all docs of all tasks on all checkpoints, those that were asked: further docs and those of references counted. */
function shareAsked(store: Store, run: string): number {
  const plans = store.checkpoints.ofRun(run).flatMap(({ id }) => store.plans.ofCheckpoint(id));
  const { tasks } = readRecordedRun(recordedRun(run), 340)!;
  const all = tasks.reduce((sum, { size }) => sum + size, 0) * plans.length;
  return plans.reduce((sum, { slices }) => sum + docsOfAll(slices), 0) / all;
}

describe('forgetting', () => {
  it.each([
    { docs: 300, most: 300, share: 0.9 },
    { docs: 68, most: 340, share: 0.4 },
  ])(
    'evaluates every checkpoint and names each capability that truly falls, within two checkpoints, with $docs docs of a task and $most where it looks low',
    async ({ docs, most, share }) => {
      await using place = await makePlace(docs, most);
      await watchReplay('forgetting', place);
      const steps = await recordedSteps(recordedRun('forgetting'));
      expect(read(place, (store) => statesOf(store, 'forgetting'))).toEqual(steps.map((step) => [step, 'evaluated']));

      const alerts = read(place, (store) => store.alerts.ofRun('forgetting'));
      const leaves = new Set(
        Object.keys(readTruth('forgetting')[0]!.capabilities).filter((id) => !id.startsWith('probe.')),
      );
      const members = leavesNamed(alerts, leaves);
      const falls = trueFalls('forgetting');
      const names = (fall: (typeof falls)[number]) =>
        members.some(
          ({ capability, firedAtStep }) =>
            capability === fall.capability && firedAtStep > fall.plant.after_step && firedAtStep <= fall.deadline,
        );
      const missed = falls.filter((fall) => !names(fall)).map(({ capability, step }) => `${capability} at ${step}`);
      const isTrue = (member: (typeof members)[number]) =>
        falls.some((fall) => fall.capability === member.capability && member.firedAtStep > fall.plant.after_step);
      const wrong = members
        .filter((member) => !isTrue(member))
        .map((member) => `${member.capability} at ${member.firedAtStep}`);
      expect(falls.length).toBeGreaterThanOrEqual(6);
      expect(1 - missed.length / falls.length, `missed: ${missed.join(', ')}`).toBeGreaterThanOrEqual(0.8);
      expect(1 - wrong.length / members.length, `wrong: ${wrong.join(', ')}`).toBeGreaterThanOrEqual(0.8);

      expect(read(place, (store) => shareAsked(store, 'forgetting'))).toBeLessThan(share);
      const [first] = alerts.filter(({ kind }) => kind === 'regression');
      expect(first?.examples.length).toBeGreaterThanOrEqual(1);
      expect(first?.lastGoodCheckpoint).toContain('checkpoint-');
      expect(read(place, (store) => store.evaluations.inState('running'))).toEqual([]);
      // Nothing is held any more once all is evaluated.
      expect(read(place, (store) => store.pins.held())).toEqual([]);
    },
    10 * MINUTES,
  );
});

describe('healthy', () => {
  it(
    'fires nothing, and the same thresholds fire when 8 points are taken from any capability above 40 %',
    async () => {
      await using place = await makePlace(300);
      await watchReplay('healthy', place);
      expect(read(place, (store) => store.alerts.ofRun('healthy').map(({ title }) => title))).toEqual([]);

      const { tasks } = await loadTasks({ includePaths: [`${ROOT}/fixtures/tasks`] });
      const { summaries, chance } = learnTaskFacts(tasks);
      const history = read(place, (store) => store.scores.recentOutcomes('healthy', { limit: 100 }));
      const scores = read(place, (store) => store.scores.capabilitiesOf(history.at(-1)!.checkpoint));
      const leaves = scores.filter(
        ({ capability, value }) =>
          value > 0.4 &&
          !climbsSteeply(capability) &&
          !capability.startsWith('probe.') &&
          capability !== '*' &&
          !scores.some((other) => other.capability.startsWith(`${capability}.`)),
      );
      expect(leaves.length).toBeGreaterThanOrEqual(6);
      const onset = history.length - 3;
      const silent = leaves.filter(({ capability }) => {
        const hit = new Set(
          summaries.filter((task) => task.capabilities.includes(capability)).map((task) => task.name),
        );
        const robbed = history.map((each, at) =>
          at < onset
            ? each
            : {
                ...each,
                outcomes: each.outcomes.map((outcome) =>
                  hit.has(outcome.task) ? { ...outcome, values: takePoints(outcome.values, 0.08) } : outcome,
                ),
              },
        );
        // The three checkpoints after the loss are judged one after the other, as the daemon would.
        return ![1, 2, 3].some((seen) =>
          judgeCheckpoint({
            history: robbed.slice(0, onset + seen),
            tasks: summaries,
            openMembers: [],
            options: { chance },
          }).firing.some((fired) => fired.capability === capability),
        );
      });
      expect(silent.map(({ capability }) => capability)).toEqual([]);
    },
    10 * MINUTES,
  );
});

describe('diverged', () => {
  it(
    'reports the loss that is not a number',
    async () => {
      await using place = await makePlace(60);
      await watchReplay('diverged', place);
      const alerts = read(place, (store) => store.alerts.ofRun('diverged'));
      const nan = alerts.find(({ kind }) => kind === 'non-finite-loss');
      expect(nan).toMatchObject({ severity: 'critical', state: 'firing' });
      expect(nan?.title).toMatch(/NaN/);
    },
    4 * MINUTES,
  );
});

/** Outcomes with `share` of all docs turned from right to wrong, spread evenly: the same docs at every checkpoint, as a loss is. */
function takePoints(values: Float32Array, share: number): Float32Array {
  const taken = Float32Array.from(values);
  const right = [...values.keys()].filter((i) => values[i]! >= 1);
  const lost = Math.round(share * values.length);
  for (const i of right.filter(
    (_, k) => Math.floor(((k + 1) * lost) / right.length) > Math.floor((k * lost) / right.length),
  ))
    taken[i] = 0;
  return taken;
}
