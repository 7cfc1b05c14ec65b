/** A store with one run as a daemon would have left it: a dozen checkpoints, a drop, an alert, telemetry with a NaN. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventBus, type EventBus } from '../../src/daemon/event-bus.ts';
import type { Alert } from '../../src/domain/alert.ts';
import type { Provenance } from '../../src/domain/provenance.ts';
import type { SeriesKey, Verdict } from '../../src/domain/trend.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';

export const RUN = 'zh-en-small';
export const TASK = 'antonyms_zh';
export const NODE = 'advanced.context.semantics';
export const STEPS: readonly number[] = Array.from({ length: 12 }, (_, i) => (i + 1) * 100);
export const DOCS = 300;

export interface Seeded {
  readonly directory: string;
  readonly store: Store;
  readonly events: EventBus;
  close(): void;
}

/** Accuracy by checkpoint: rising, then a fall of 20 points after step 900. */
export function accuracyAt(step: number): number {
  return Math.round(DOCS * (step > 900 ? 0.45 : 0.4 + (step / 900) * 0.25)) / DOCS;
}

export function seedStore(): Seeded {
  const directory = mkdtempSync(join(tmpdir(), 'libra-api-'));
  let time = Date.UTC(2026, 0, 2, 3, 4, 5);
  const now = () => (time += 1000);
  const store = openStore({ directory, now });
  const events = createEventBus({
    append: store.events.append,
    transaction: store.transaction,
    now,
    onListenerError: (error) => {
      throw error;
    },
  });
  store.transaction(() => fill(store));
  events.emit('run.found', { run: RUN, path: '/train/out' });
  events.emit('alert.firing', { run: RUN, step: 1000, alert: ALERT.id, title: ALERT.title });
  return {
    directory,
    store,
    events,
    close() {
      store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function fill(store: Store): void {
  store.runs.add({ id: RUN, name: 'zh en small 双语', path: '/train/out', maxSteps: 2000 });
  for (const step of STEPS) addEvaluated(store, step);
  const failed = store.checkpoints.add({
    run: RUN,
    step: 1300,
    path: '/train/out/checkpoint-1300',
    format: 'hugging-face',
  });
  store.checkpoints.transition(failed.id, 'complete');
  store.checkpoints.transition(failed.id, 'failed', 'The architecture Mamba is not supported.');
  store.telemetry.add(
    RUN,
    Array.from({ length: 60 }, (_, i) => ({
      step: i * 20 + 20,
      tokens: null,
      loss: i === 55 ? Number.NaN : 3 - i / 30,
      learningRate: 1e-3,
      gradNorm: i === 55 ? Number.POSITIVE_INFINITY : 1,
      dataMix: i === 0 ? { zh: 0.5, en: 0.5 } : null,
    })),
  );
  store.alerts.save(ALERT);
  // Its own newest checkpoint stands for the base model.
  const model = { isAdapter: false, hasChatTemplate: true, evidence: ['it ends turns'], base: '/models/base' };
  store.runModels.put(RUN, { type: 'chat', ...model });
  store.runModels.setBase(RUN, RUN);
}

function addEvaluated(store: Store, step: number): void {
  const { id } = store.checkpoints.add({
    run: RUN,
    step,
    path: `/train/out/checkpoint-${step}`,
    format: 'hugging-face',
    tokens: step * 3072,
  });
  store.checkpoints.learn(id, { fingerprint: `f${step}`, bytes: 900_000 });
  for (const state of ['complete', 'queued', 'evaluating'] as const) store.checkpoints.transition(id, state);
  const plan = `plan-${step}`;
  store.plans.add({
    id: plan,
    checkpoint: id,
    strategy: 'fixed',
    slices: [
      {
        task: TASK,
        taskHash: 'h1',
        capabilities: [NODE],
        from: 0,
        docs: DOCS,
        chosen: null,
        reason: 'The first docs of every task.',
        couldChange: 'The verdict on its capability.',
        expectedSeconds: 2,
      },
    ],
    leftOut: [{ task: 'stories', docs: 40, reason: 'There was no time for it.', expectedSeconds: 9 }],
  });
  store.evaluations.add({ id: `evaluation-${step}`, checkpoint: id, plan });
  const engine = {
    engine: 'embedded',
    engineVersion: '1',
    dtype: 'float32',
    device: 'cpu',
    maxLength: 128,
    isVerified: true,
  };
  store.evaluations.start(`evaluation-${step}`, engine);
  const p = accuracyAt(step);
  const right = Math.round(p * DOCS);
  store.answers.append(
    `evaluation-${step}`,
    TASK,
    Array.from({ length: DOCS }, (_, index) => ({
      index,
      docId: `doc-${index}`,
      answer: { kind: 'choice', logprobs: [-1, index === 0 ? Number.NEGATIVE_INFINITY : -2], isGreedy: [true, false] },
      error: null,
      values: { acc: index < right ? 1 : 0 },
    })),
  );
  const stderr = Math.sqrt((p * (1 - p)) / (DOCS - 1));
  const score = { task: TASK, taskVersion: '1', taskHash: 'h1', n: DOCS, failed: 0 };
  store.scores.put(id, {
    scores: [
      { ...score, metric: 'acc', value: p, stderr, higherIsBetter: true },
      { ...score, task: 'stories', metric: 'bits_per_byte', value: 2 - p, stderr: Number.NaN, higherIsBetter: false },
    ],
    outcomes: [
      {
        task: TASK,
        metric: 'acc',
        taskHash: 'h1',
        higherIsBetter: true,
        values: Float32Array.from({ length: DOCS }, (_, index) => (index < right ? 1 : 0)),
      },
    ],
    capabilities: [
      {
        capability: '*',
        value: p,
        stderr,
        n: DOCS,
        members: [{ name: NODE, metric: 'score', value: p, stderr, n: DOCS, weight: 1 }],
        missing: [],
        segment: 's1',
      },
      ...(step === 500
        ? []
        : [
            {
              capability: NODE,
              value: p,
              stderr,
              n: DOCS,
              members: [{ name: TASK, metric: 'acc', value: p, stderr, n: DOCS, weight: 1 }],
              missing: [],
              segment: 's1',
            },
          ]),
      {
        capability: 'probe.lm',
        value: 2 - p,
        stderr: 0.01,
        n: DOCS,
        members: [{ name: 'stories', metric: 'bits_per_byte', value: 2 - p, stderr: 0.01, n: DOCS, weight: 1 }],
        missing: [],
        segment: 's2',
      },
    ],
  });
  const verdict = (series: SeriesKey): Verdict => ({
    series,
    checkpoint: id,
    step,
    kind: step === 1000 ? 'worse' : 'same',
    reason: 'evidence',
    value: p,
    reference: 0.6,
    difference: p - 0.6,
    ci95: [-0.25, -0.1],
    n: DOCS,
    z: 6.5,
    windowSize: 1,
    referenceSteps: [800, 900],
    changeBetween: [900, 1000],
    flipped: [],
  });
  store.verdicts.put(id, [
    verdict({ capability: NODE, task: null, metric: 'score' }),
    verdict({ capability: 'probe.lm', task: null, metric: 'bits_per_byte' }),
  ]);
  store.provenance.put(id, [provenanceAt(step)]);
  store.evaluations.finish(`evaluation-${step}`, 1.5);
  store.checkpoints.transition(id, 'evaluated');
}

function provenanceAt(step: number): Provenance {
  return {
    task: TASK,
    capabilities: [NODE],
    primaryMetric: 'acc',
    probes: [],
    taskVersion: '1',
    taskHash: 'h1',
    promptHash: 'p1',
    dataHash: 'd1',
    file: '/tasks/antonyms_zh.yaml',
    dataFiles: ['/tasks/antonyms_zh.jsonl'],
    docs: { asked: DOCS, answered: DOCS, of: DOCS },
    fewshot: { shots: 0, sampler: 'default', seed: null, split: null },
    filters: { none: [] },
    chat: null,
    engine: 'embedded',
    engineVersion: '1',
    dtype: 'float32',
    device: 'cpu',
    isVerified: true,
    fingerprint: `f${step}`,
    libraVersion: '1',
  };
}

export const ALERT: Alert = {
  id: 'alert-1',
  run: RUN,
  kind: 'regression',
  severity: 'critical',
  state: 'firing',
  checkpoint: `${RUN}-1000`,
  step: 1000,
  sinceStep: 900,
  title: 'Semantic relations fell by 20 points',
  summary: '',
  members: [
    {
      capability: NODE,
      tasks: [TASK],
      metric: 'score',
      from: 0.65,
      to: 0.45,
      difference: -0.2,
      ci95: [-0.25, -0.15],
      n: DOCS,
      z: 7,
      referenceCheckpoints: [`${RUN}-800`, `${RUN}-900`],
      referenceSteps: [800, 900],
      firedAtStep: 1000,
      changeBetween: [900, 1000],
      levelSinceStep: 1000,
    },
  ],
  examples: [{ task: TASK, docId: 'doc-3', question: '大的反义词是?', expected: '小', before: '小', after: '高' }],
  telemetry: {
    lossBefore: 1.2,
    lossAfter: Number.NaN,
    learningRateBefore: 1e-3,
    learningRateAfter: 5e-3,
    gradNormBefore: 1,
    gradNormAfter: 9,
    dataMixBefore: { zh: 0.5, en: 0.5 },
    dataMixAfter: null,
    spikes: { loss: null, gradNorm: 960, learningRate: 940 },
    dataMixChangedAt: null,
  },
  advice: [
    {
      action: 'Roll back to step 900',
      why: 'The learning rate rose fivefold.',
      against: 'The loss recovers.',
      confidence: 'medium',
      change: { kind: 'lower_learning_rate', learningRate: 1e-3 },
    },
  ],
  lastGoodCheckpoint: '/train/out/checkpoint-900',
  resolvedAtStep: null,
};
