import { describe, expect, test } from 'vitest';
import { detectAlerts } from '../../src/alert/detect.ts';
import { messageOf } from '../../src/alert/message.ts';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';
import { judgeCheckpoint } from '../../src/trend/judge.ts';
import { PLAIN_WORLD, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const world = { ...PLAIN_WORLD, capabilities: 6, docs: 400, checkpoints: 16 };
const tasks = worldTasks(world).map((task) => ({
  ...task,
  metrics: [
    ...task.metrics,
    { metric: 'unparsed', higherIsBetter: false, options: {}, isAttached: true as const, probe: 'probe.format' },
  ],
}));

interface Change {
  /** Share of answers that stop parsing from the 13th checkpoint on, and so score nothing. */
  readonly unparsed: number;
  /** Share of right answers that are wrong from then on. */
  readonly forgotten: number;
}

/** In the last task, which is answered best. */
function history({ unparsed, forgotten }: Change): CheckpointOutcomes[] {
  return [...worldCheckpoints(world)].slice(0, 14).map((each, t) => ({
    ...each,
    outcomes: each.outcomes.flatMap((own, place) => {
      const isHit = place === world.capabilities - 1 && t >= 12;
      const chance = (doc: number, salt: number) => Math.abs(Math.sin(doc * 12.9898 + salt) * 43_758.5453) % 1;
      const lost = own.values.map((_, doc) => Number(chance(doc, t) < 0.02 || (isHit && chance(doc, 7) < unparsed)));
      const values = own.values.map((value, doc) =>
        lost[doc] === 1 || (isHit && chance(doc, 91) < forgotten) ? 0 : value,
      );
      return [
        { ...own, values },
        { ...own, metric: 'unparsed', higherIsBetter: false, values: lost },
      ];
    }),
  }));
}

function alertOf(change: Change) {
  const past = history(change);
  const judged = judgeCheckpoint({ history: past, tasks, openMembers: [] });
  const changes = detectAlerts({
    run: 'r',
    checkpoints: past.map(({ checkpoint, step }) => ({ id: checkpoint, step, path: `/run/${step}` })),
    firing: judged.firing.map(({ member, level, verdict }) => ({ member, level, flipped: verdict.flipped })),
    resolved: [],
    judgedLeaves: judged.judgedLeaves,
    telemetry: past.map(({ step }) => ({
      step,
      tokens: null,
      loss: 2,
      learningRate: null,
      gradNorm: null,
      dataMix: null,
    })),
    openAlerts: [],
  });
  expect(changes).toHaveLength(1);
  const { alert } = changes[0]!;
  const said = judged.verdicts.find(({ series }) => series.capability === alert.members[0]!.capability)!;
  const probe = judged.verdicts.find(({ series }) => series.capability === 'probe.format')!;
  return { alert, said, probe };
}

describe('a drop is held against the docs that still parse', () => {
  test('answers that stop parsing are told as a loss of form, not of the capability', () => {
    const { alert, said, probe } = alertOf({ unparsed: 0.5, forgotten: 0 });
    const { format, difference } = alert.members[0]!;
    expect(difference).toBeLessThan(-0.1);
    expect(format).toMatchObject({ explainsIt: true });
    expect(format!.unparsedAfter - format!.unparsedBefore).toBeGreaterThan(0.2);
    expect(Math.abs(format!.difference)).toBeLessThan(0.04);
    expect(alert.title).toMatch(/^Answers of .+ no longer parse$/);
    expect(alert.advice[0]).toMatchObject({ confidence: 'high' });
    expect(alert.advice[0]!.action).toMatch(/prompt template/);
    expect(said.reason).toMatch(/It is the form of the answers: \d+\.\d % -> \d+\.\d % could not be parsed/);
    expect(said.reasonZh).toMatch(/是作答格式的问题/);
    expect(probe.reason).not.toMatch(/form of the answers/);
    const { texts } = messageOf(alert, { language: 'both', samples: 'none' });
    expect(texts[0]!.title).toMatch(/no longer parse/);
    expect(texts[1]!.title).toMatch(/不再能解析/);
    expect(texts[0]!.sections[0]!.lines[0]).toMatch(/unparsed answers .+ where both parse/);
  });

  test('a capability that is lost while the form stays is no loss of form', () => {
    const { alert, said } = alertOf({ unparsed: 0, forgotten: 0.4 });
    expect(alert.members[0]!.format).toBeUndefined();
    expect(alert.title).toMatch(/regressed$/);
    expect(said.reason).not.toMatch(/form of the answers/);
  });

  test('where both go, the alert is about the capability and says how much is form', () => {
    const { alert, said } = alertOf({ unparsed: 0.15, forgotten: 0.4 });
    const { format } = alert.members[0]!;
    expect(format).toMatchObject({ explainsIt: false });
    expect(format!.difference).toBeLessThan(-0.1);
    expect(alert.title).toMatch(/regressed$/);
    expect(said.reason).not.toMatch(/It is the form/);
    expect(alert.advice.every(({ confidence }) => confidence !== 'high')).toBe(true);
  });
});
