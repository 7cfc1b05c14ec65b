/** Worlds of per-doc outcomes with known truth (margin model): what the verdict code is proven against. */
import type { TaskSummary } from '../../src/domain/task.ts';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';

export interface World {
  readonly seed: number;
  readonly capabilities: number;
  readonly docs: number;
  readonly checkpoints: number;
  /** True accuracy of a capability at a checkpoint, before jitter. */
  readonly accuracy: (capability: number, checkpoint: number) => number;
  /** Standard deviation of the jitter all capabilities share, and of each one's own, in score units. */
  readonly commonJitter: number;
  readonly ownJitter: number;
  /** Degrees of freedom of the jitter's t distribution (unit variance); Infinity is Gaussian. */
  readonly jitterDf: number;
  /** Jitter that the six capabilities of an area share. */
  readonly areaJitter?: number;
  /** Factor on all jitter at a checkpoint. */
  readonly jitterFactor?: (checkpoint: number) => number;
  /** Docs in a row that share a passage: most of their noise is one. */
  readonly passage?: number;
  /** Another engine from this checkpoint on: the noise of a tenth of the docs is drawn anew. */
  readonly engineSwapAt?: number;
}

/** 30 capabilities from 27 to 80 %, rising 0.05 points a checkpoint. */
export const PLAIN_WORLD: World = {
  seed: 1,
  capabilities: 30,
  docs: 300,
  checkpoints: 40,
  accuracy: (capability, checkpoint) => 0.27 + (0.53 * (capability % 30)) / 29 + 0.0005 * checkpoint,
  commonJitter: 0.004,
  ownJitter: 0.006,
  jitterDf: Number.POSITIVE_INFINITY,
};

/** Doc-by-checkpoint noise of the margin: its deviation, and how much of it stays from one checkpoint to the next. */
const MARGIN_NOISE = 0.35;
const MARGIN_MEMORY = 0.6;
/** Share of the noise's variance that the docs of a passage have in common. */
const PASSAGE_SHARE = 0.5;

/** One task a capability, in areas of six. */
export function worldTasks(world: World): TaskSummary[] {
  return Array.from({ length: world.capabilities }, (_, c) => ({
    name: `task_${c}`,
    version: '1',
    hash: `hash-${c}`,
    capabilities: [`area${Math.floor(c / 6)}.skill${c}`],
    outputType: 'multiple_choice',
    card: { kinds: [], licence: null, source: null, notice: null },
    numFewshot: 0,
    metrics: [{ metric: 'acc', higherIsBetter: true, options: {} }],
    primaryMetric: 'acc',
    size: world.docs,
  }));
}

/** Passage of each doc, by task; what the verdicts are told where the data say it. */
export function worldClusters({ capabilities, docs, passage }: World): Record<string, Int32Array> {
  if (!passage) return {};
  const clusters = Int32Array.from({ length: docs }, (_, doc) => Math.floor(doc / passage));
  return Object.fromEntries(Array.from({ length: capabilities }, (_, c) => [`task_${c}`, clusters]));
}

/** The checkpoints of a world one after the other; equal worlds give equal outcomes. */
export function* worldCheckpoints(world: World): Generator<CheckpointOutcomes> {
  const random = createRandom(world.seed);
  const spread = Math.sqrt(1 + MARGIN_NOISE ** 2);
  const difficulty = Array.from({ length: world.capabilities }, () =>
    Float64Array.from({ length: world.docs }, random.normal),
  );
  const noise = Array.from({ length: world.capabilities }, () =>
    Float64Array.from({ length: world.docs }, random.normal),
  );
  for (let t = 0; t < world.checkpoints; t++) {
    const factor = world.jitterFactor?.(t) ?? 1;
    const common = factor * world.commonJitter * random.student(world.jitterDf);
    const areas = Array.from({ length: world.areaJitter ? Math.ceil(world.capabilities / 6) : 0 }, () =>
      random.student(world.jitterDf),
    );
    const outcomes = difficulty.map((docs, c) => {
      const area = areas.length ? factor * world.areaJitter! * areas[Math.floor(c / 6)]! : 0;
      const p = world.accuracy(c, t) + common + area + factor * world.ownJitter * random.student(world.jitterDf);
      const ability = probit(Math.min(0.999, Math.max(0.001, p))) * spread;
      const values = new Float32Array(world.docs);
      const mine = noise[c]!;
      let shared = 0;
      for (let i = 0; i < world.docs; i++) {
        if (world.passage && i % world.passage === 0) shared = random.normal();
        const fresh = world.passage
          ? Math.sqrt(PASSAGE_SHARE) * shared + Math.sqrt(1 - PASSAGE_SHARE) * random.normal()
          : random.normal();
        const memory = t === world.engineSwapAt && i % 10 === 0 ? 0 : MARGIN_MEMORY;
        mine[i] = memory * mine[i]! + Math.sqrt(1 - memory ** 2) * fresh;
        values[i] = ability - docs[i]! + MARGIN_NOISE * mine[i]! > 0 ? 1 : 0;
      }
      return { task: `task_${c}`, metric: 'acc', taskHash: `hash-${c}`, higherIsBetter: true, values };
    });
    yield { checkpoint: `world-${100 * (t + 1)}`, step: 100 * (t + 1), outcomes };
  }
}

/** Seeded numbers: uniform (mulberry32), normal (Box-Muller), Student's t scaled to unit variance. */
export function createRandom(seed: number) {
  let state = (seed * 0x9e3779b9) >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const student = (df: number) => {
    if (!Number.isFinite(df)) return normal();
    let chi = 0;
    for (let i = 0; i < df; i++) chi += normal() ** 2;
    return (normal() / Math.sqrt(chi / df)) * Math.sqrt((df - 2) / df);
  };
  return { uniform, normal, student };
}

/** Normal quantile (Acklam's rational approximation, relative error 1.2e-9). */
function probit(p: number): number {
  const tail = Math.min(p, 1 - p);
  if (tail < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(tail));
    const z =
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1);
    return p < 0.5 ? z : -z;
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598887) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}
