import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TelemetryPoint } from '../../src/domain/telemetry.ts';
import { recogniseStage, type StageEvidence } from '../../src/strategy/training-stage.ts';
import { telemetryOfTrainerState } from '../../src/watch/telemetry-readers/hf-trainer-state.ts';

const evidence = (parts: Partial<StageEvidence> = {}): StageEvidence => ({
  configured: null,
  modelType: 'base',
  step: 500,
  tokens: null,
  maxSteps: null,
  telemetry: [],
  ...parts,
});

/** A logged learning rate at every tenth step of 1,000, `rateOf` of the part that is done. */
const schedule = (rateOf: (part: number) => number, until = 1): TelemetryPoint[] =>
  Array.from({ length: Math.round(100 * until) }, (_, at) => ({
    step: 10 * (at + 1),
    tokens: null,
    loss: null,
    learningRate: rateOf((at + 1) / 100),
    gradNorm: null,
    dataMix: null,
  }));

const warmUp = (part: number) => Math.min(1, part / 0.05);
const cosine = (part: number) => warmUp(part) * (0.05 + 0.475 * (1 + Math.cos(Math.PI * part)));
const stableThenDecay = (part: number) => warmUp(part) * (part < 0.8 ? 1 : (1 - part) / 0.2);
const stageAt = (rateOf: (part: number) => number, until: number) =>
  recogniseStage(evidence({ step: 1000 * until, maxSteps: 1000, telemetry: schedule(rateOf, until) })).stage;

describe('the stage of training', () => {
  it('is what the team says it is', () => {
    for (const configured of ['sft', 'preference', 'rl', 'annealing'] as const) {
      expect(recogniseStage(evidence({ configured })).stage).toBe(configured);
    }
    expect(recogniseStage(evidence({ configured: 'mid-training' })).stage).toBe('late');
    expect(
      recogniseStage(evidence({ configured: 'pretraining', modelType: 'chat', step: 10, maxSteps: 100 })).stage,
    ).toBe('early');
    expect(recogniseStage(evidence({ modelType: 'chat' })).stage).toBe('sft');
  });

  it('follows the plan of its steps', () => {
    const at = (step: number) => recogniseStage(evidence({ step, maxSteps: 1000 })).stage;
    expect([10, 199, 200, 600, 650, 1200].map(at)).toEqual(['early', 'early', 'middle', 'middle', 'late', 'late']);
    expect(recogniseStage(evidence({ step: 300, maxSteps: 1000 })).reason).toBe(
      '30 % of its planned steps are behind it',
    );
  });

  it('goes by tokens where nobody says how long it will be, and says so when nothing is known', () => {
    expect(recogniseStage(evidence({ tokens: 2e9 }))).toEqual({
      stage: 'early',
      reason: 'it has read 2.0 billion tokens, and nobody says how many it will',
    });
    expect(recogniseStage(evidence({ tokens: 40e9 })).stage).toBe('middle');
    expect(recogniseStage(evidence()).reason).toBe('nothing tells how far along it is');
  });

  it('is annealing when a steady rate falls, or any rate is down to its last fifth', () => {
    expect(stageAt(stableThenDecay, 0.79)).toBe('late');
    expect(stageAt(stableThenDecay, 0.85)).toBe('annealing');
    expect([0.1, 0.5, 0.7].map((until) => stageAt(cosine, until))).toEqual(['early', 'middle', 'late']);
    expect(stageAt(cosine, 0.9)).toBe('annealing');
  });

  it('is not annealing while a rate warms up or starts anew', () => {
    expect(stageAt((part) => part, 0.3)).toBe('middle');
    const restarts = (part: number) => cosine((part * 2) % 1.0001);
    expect(stageAt(restarts, 0.55)).toBe('middle');
  });

  it('is not fooled by a rate that is not a number, or by one wild value', () => {
    const odd = schedule(() => 1e-3).map((point, at) => ({
      ...point,
      learningRate: at === 40 ? 1e9 : at % 7 === 0 ? Number.NaN : point.learningRate,
    }));
    expect(recogniseStage(evidence({ step: 500, maxSteps: 1000, telemetry: odd })).stage).toBe('middle');
  });

  it('of the recorded runs is told from their own telemetry', () => {
    const stagesOf = (run: string, steps: readonly number[]) => {
      const last = steps.at(-1)!;
      const state = JSON.parse(readFileSync(`fixtures/runs/${run}/checkpoint-${last}/trainer_state.json`, 'utf8'));
      const { points, maxSteps } = telemetryOfTrainerState(state, last)!;
      return steps.map((step) => {
        const telemetry = points.filter((point) => point.step <= step);
        return recogniseStage(evidence({ step, maxSteps, telemetry })).stage;
      });
    };
    // Their rate falls in one line from its peak to its tenth.
    expect(stagesOf('healthy', [160, 320, 960, 1200, 1440])).toEqual(['early', 'middle', 'late', 'late', 'annealing']);
    expect(stagesOf('forgetting', [160, 720])).toEqual(['early', 'middle']);
  });
});
