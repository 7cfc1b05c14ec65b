import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hfTrainerState, telemetryOfTrainerState } from '../../src/watch/telemetry-readers/hf-trainer-state.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';

const state = {
  global_step: 40,
  max_steps: 100,
  num_input_tokens_seen: 4_000,
  log_history: [
    {
      step: 20,
      loss: 2,
      grad_norm: 1,
      learning_rate: 0.1,
      data_mix_zh: 0.25,
      data_mix_en: 0.75,
      num_input_tokens_seen: 2_000,
    },
    { step: 20, eval_loss: 9, eval_runtime: 1 },
    { step: 40, loss: '1.5', grad_norm: 'inf', learning_rate: 0.05, data_mix: { zh: 1 } },
    { step: 40, train_loss: 1.7, train_runtime: 3 },
    { step: 60, loss: 1 },
  ],
};

describe('telemetry of trainer_state.json', () => {
  it('keeps training entries up to the step, with the data mix', () => {
    expect(telemetryOfTrainerState(state, 40)).toEqual({
      step: 40,
      tokens: 4_000,
      maxSteps: 100,
      points: [
        { step: 20, tokens: 2_000, loss: 2, learningRate: 0.1, gradNorm: 1, dataMix: { zh: 0.25, en: 0.75 } },
        {
          step: 40,
          tokens: null,
          loss: 1.5,
          learningRate: 0.05,
          gradNorm: Number.POSITIVE_INFINITY,
          dataMix: { zh: 1 },
        },
      ],
    });
  });

  it('leaves unknown what is not said', () => {
    const telemetry = telemetryOfTrainerState({ global_step: 5, max_steps: -1, num_input_tokens_seen: 0 }, 5);
    expect(telemetry).toEqual({ step: 5, tokens: null, maxSteps: null, points: [] });
  });

  it('reads NaN, and the data mix beside the checkpoints', async () => {
    const run = await temporaryPlace();
    const checkpoint = join(run, 'checkpoint-40');
    await mkdir(checkpoint);
    const log = '[{"step": 20, "loss": NaN}, {"step": 40, "loss": -Infinity}]';
    await writeFile(join(checkpoint, 'trainer_state.json'), `{"global_step": 40, "log_history": ${log}}`);
    const phases = [
      '{"from_step": 1, "to_step": 30, "shares": {"zh": 0.5}}',
      '{"from_step": 31, "shares": {"zh": 0}}',
      '{"tor',
    ];
    await writeFile(join(run, 'data_mix.jsonl'), phases.join('\n'));
    const telemetry = await hfTrainerState.read({ checkpoint, run, step: 40 });
    expect(telemetry?.points.map(({ loss, dataMix }) => [loss, dataMix])).toEqual([
      [Number.NaN, { zh: 0.5 }],
      [Number.NEGATIVE_INFINITY, { zh: 0 }],
    ]);
  });

  it('is silent about a file that is not there or not whole', async () => {
    const checkpoint = await temporaryPlace();
    expect(await hfTrainerState.read({ checkpoint, run: checkpoint, step: 1 })).toBeNull();
    await writeFile(join(checkpoint, 'trainer_state.json'), '{"global_step":');
    expect(await hfTrainerState.read({ checkpoint, run: checkpoint, step: 1 })).toBeNull();
  });
});
