/** The recorded runs, by their truth: forgetting is named, healthy is silent, and the same thresholds fire when 8 points are taken away. */
import { describe, expect, test } from 'vitest';
import { guessLanguage } from '../../src/alert/language.ts';
import { trueFalls } from '../e2e/truth.ts';
import { openView, type View } from '../fakes/escalating-view.ts';
import { type RecordedRun, readRecordedRun, resampled } from '../fakes/recorded-run.ts';
import { replayRun } from '../fakes/replay-run.ts';
import { createRandom } from '../fakes/worlds.ts';

const ALL = 340;
const folder = (name: string) => new URL(`../../fixtures/runs/${name}`, import.meta.url).pathname;
const healthy = readRecordedRun(folder('healthy'), ALL);
const forgetting = readRecordedRun(folder('forgetting'), ALL);

function replay(run: RecordedRun, name: string, view?: View) {
  const languages = run.tasks.flatMap(({ name: task }) => {
    const language = guessLanguage(task);
    return language ? [[task, language] as const] : [];
  });
  return replayRun({ run: name, ...run, languageOf: Object.fromEntries(languages), ...(view && { view }) });
}

/** Wrong from checkpoint `at` on: a share of the docs that takes `points` from what was right before. */
function take(run: RecordedRun, capability: string, points: number, at: number): RecordedRun {
  const random = createRandom(at + 1);
  const level = run.truth[capability]!.slice(at - 3, at).reduce((sum, value) => sum + value / 3, 0);
  const kept = new Map(
    run.tasks
      .filter((task) => task.capabilities.includes(capability))
      .map(({ name }) => [name, Array.from({ length: ALL }, () => (random.uniform() < points / level ? 0 : 1))]),
  );
  const checkpoints = run.checkpoints.map((checkpoint, t) => ({
    ...checkpoint,
    outcomes: checkpoint.outcomes.map((each) => {
      const mask = kept.get(each.task);
      return t < at || !mask ? each : { ...each, values: each.values.map((value, i) => value * mask[i]!) };
    }),
  }));
  return { ...run, checkpoints };
}

/** Rise a checkpoint over the five before `at`. A curve that climbs a point a checkpoint or more hides such a loss for a while: see the README's limits. */
function slopeBefore(run: RecordedRun, capability: string, at: number): number {
  const curve = run.truth[capability]!;
  return (curve[at - 1]! - curve[at - 5]!) / 4;
}

describe.runIf(healthy)('healthy', () => {
  const run = healthy!;
  test('raises nothing, at any level of the tree', () => {
    expect(replay(run, 'healthy').changes.map(({ step, alert }) => `${step} ${alert.title}`)).toEqual([]);
  });

  test('raises nothing either with its docs drawn anew, seen whole or by escalation', () => {
    // `npm run bench:verdicts` does this 200 times.
    for (let seed = 1; seed <= 12; seed++) {
      const drawn = resampled(run, seed);
      expect(replay(drawn, 'healthy').alerts).toEqual([]);
      const view = openView(drawn.tasks, { base: 0.2 });
      expect(replay(drawn, 'healthy', view).alerts).toEqual([]);
      expect(view.share()).toBeLessThan(0.4);
    }
  });

  const onset = (run?.checkpoints.length ?? 0) - 4;
  const able = Object.keys(run?.truth ?? {}).filter(
    (name) => !name.startsWith('probe.') && run.truth[name]![onset - 1]! > 0.4 && slopeBefore(run, name, onset) < 0.01,
  );
  test.each(able)('8 points taken from %s fire', (capability) => {
    const { changes } = replay(take(run, capability, 0.08, onset), 'healthy');
    const named = changes.filter(({ alert }) => alert.members.some((member) => member.capability === capability));
    expect(named.length).toBeGreaterThan(0);
  });
});

describe.runIf(forgetting)('forgetting', () => {
  test.each([
    ['all docs', null],
    ['fewer than 40 % of them', 0.2],
  ])('each true fall of 5 points is named within two checkpoints, and little else, with %s', (_, base) => {
    const run = forgetting!;
    const view = base === null ? undefined : openView(run.tasks, { base });
    const { changes } = replay(run, 'forgetting', view);
    if (view) expect(view.share()).toBeLessThan(0.4);
    const named = changes.flatMap(({ step, alert }) =>
      alert.members
        .filter((member) => member.firedAtStep === step && !member.capability.startsWith('probe.'))
        .map(({ capability }) => ({ step, capability })),
    );
    const falls = trueFalls('forgetting');
    const caught = falls.filter(({ capability, plant, deadline }) =>
      named.some((each) => each.capability === capability && each.step > plant.after_step && each.step <= deadline),
    );
    const right = named.filter((each) =>
      falls.some(({ capability, plant }) => capability === each.capability && each.step > plant.after_step),
    );
    expect(falls.length).toBeGreaterThan(10);
    expect(caught.length / falls.length).toBeGreaterThanOrEqual(0.8);
    expect(right.length / named.length).toBeGreaterThanOrEqual(0.8);
  });

  test('each drop is told once: a series that came back does not fire again for the same one', () => {
    const { alerts } = replay(forgetting!, 'forgetting');
    expect(alerts).toHaveLength(2);
    for (const { members } of alerts) {
      expect(new Set(members.map(({ capability }) => capability)).size).toBe(members.length);
    }
  });

  test('the advice names the Chinese share for the slow fall and the learning rate for the sudden one', () => {
    const advice = replay(forgetting!, 'forgetting').alerts.flatMap((alert) =>
      alert.advice.map(({ action }) => action),
    );
    expect(advice.some((action) => action.includes('share of Chinese'))).toBe(true);
    expect(advice.some((action) => action.includes('learning-rate spike'))).toBe(true);
  });
});
