/** Every kind of verdict, as people read it in both languages. */
import { expect, test } from 'vitest';
import type { CheckpointOutcomes, Verdict } from '../../src/domain/trend.ts';
import { judgeCheckpoint } from '../../src/trend/judge.ts';
import { LACKS, SAID, say } from '../../src/trend/verdict-words.ts';
import { PLAIN_WORLD, type World, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const WORLD: World = { ...PLAIN_WORLD, capabilities: 12, docs: 400, checkpoints: 14, accuracy: (c) => 0.5 + 0.02 * c };

function verdictsOf(change: Partial<World>, alter = (history: CheckpointOutcomes[]) => history): readonly Verdict[] {
  const world = { ...WORLD, ...change };
  return judgeCheckpoint({
    history: alter([...worldCheckpoints(world)]),
    tasks: worldTasks(world),
    openMembers: [],
  }).verdicts;
}

const of = (verdicts: readonly Verdict[], capability: string) =>
  verdicts.find((each) => each.series.capability === capability)!;
const moved = (by: number) => ({
  accuracy: (c: number, t: number) => 0.5 + 0.02 * c + (c === 4 && t >= 12 ? by : 0),
});

test('a loss says from what to what, since when, how sure, on how many docs', () => {
  const { kind, reason, reasonZh } = of(verdictsOf(moved(-0.15)), 'area0.skill4');
  expect(kind).toBe('worse');
  expect(reason).toMatch(
    /^\d\d\.\d % over steps [\d,]+ to 1,200 -> \d\d\.\d % .*: -1\d\.\d points \[-\d+\.\d, -\d+\.\d\], 400 docs\.$/,
  );
  expect(reasonZh).toMatch(/^第 [\d,]+ 至 1,200 步为 \d\d\.\d %，.*：变化 -1\d\.\d 个百分点 \[.*\]，400 题。$/);
});

test('a gain and a quiet series are said the same way', () => {
  expect(of(verdictsOf(moved(0.15)), 'area0.skill4')).toMatchObject({
    kind: 'better',
    reason: expect.stringContaining('+1'),
    reasonZh: expect.stringContaining('个百分点'),
  });
  expect(of(verdictsOf({}), 'area1.skill9')).toMatchObject({
    kind: 'same',
    reasonZh: expect.stringContaining('400 题'),
  });
});

test('a suspicion says what it would need', () => {
  const found = [3, 5, 6, 7, 8, 9, 11, 12].flatMap((seed) =>
    verdictsOf({ ...moved(-0.05), seed, docs: 150 }).filter(
      ({ kind, series }) => kind === 'suspected' && series.capability !== null,
    ),
  );
  expect(found.length).toBeGreaterThan(0);
  for (const { reason, reasonZh } of found) {
    if (reason.includes('Forecast was')) continue;
    expect(reason).toMatch(/Not enough evidence yet: would need (about [\d,]+ more docs?|\d+ more checkpoints?)/);
    expect(reasonZh).toMatch(/证据尚不足：需要(再答约 [\d,]+ 题|再有 \d+ 个这样的检查点)/);
  }
});

test('what is missing is said: checkpoints, docs, answers, a task of a node', () => {
  expect(of(verdictsOf({ checkpoints: 2 }), 'area0.skill4')).toMatchObject({
    kind: 'unknown',
    reason: 'Not enough evidence yet: needs 2 more checkpoints.',
    reasonZh: '证据尚不足：还需要 2 个检查点。',
  });
  const few = verdictsOf({ docs: 12 }).find(({ series }) => series.task === 'task_4')!;
  expect(few).toMatchObject({
    kind: 'unknown',
    reason: expect.stringContaining('at least 8 more'),
    reasonZh: expect.stringContaining('至少还需 8 题'),
  });
  const holed = verdictsOf({}, (history) => {
    const last = history.at(-1)!;
    const outcomes = last.outcomes.map((each) =>
      each.task === 'task_4'
        ? { ...each, values: each.values.map((v, i) => (i < 40 ? Number.NaN : v)), failed: 40 }
        : each,
    );
    return [...history.slice(0, -1), { ...last, outcomes }];
  });
  expect(holed.find(({ series }) => series.task === 'task_4')).toMatchObject({
    reason: 'No verdict: 40 of 400 docs without an answer.',
    reasonZh: '无法判断：400 题中有 40 题没有答案。',
  });
  expect(of(holed, '*')).toMatchObject({
    reason: 'A gap: task task_4 has 40 of 400 docs without an answer.',
    reasonZh: '缺口：任务 task_4 的 400 题中有 40 题没有答案。',
  });
});

test('every text there is has both languages', () => {
  const all = [
    ...Object.values(SAID),
    say.noDocs(),
    say.needed({ docs: null, checkpoints: null }),
    say.needed({ docs: null, checkpoints: 2 }),
    say.needed({ docs: 1200, checkpoints: null }),
    say.gap('x', LACKS.error),
    say.tooFewCheckpoints(1, true),
  ];
  for (const { en, zh } of all) {
    expect(en).toMatch(/^[\x20-\x7e]+$/);
    expect(zh).toMatch(/[\u4e00-\u9fff]/);
  }
  expect(say.needed({ docs: 1200, checkpoints: 1 }).en).toBe(
    'Not enough evidence yet: would need about 1,200 more docs or 1 more checkpoint like this one.',
  );
});
