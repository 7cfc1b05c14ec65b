import { describe, expect, it } from 'vitest';
import { stepOfName } from '../../src/checkpoint/step-name.ts';

describe('stepOfName', () => {
  it.each([
    ['checkpoint-500', 500],
    ['step-500', 500],
    ['step_500', 500],
    ['step500', 500],
    ['global_step500', 500],
    ['iter_0000500', 500],
    ['epoch_1-step_500', 500],
    ['step500-hf', 500],
    ['500', 500],
  ])('reads %s', (name, step) => {
    expect(stepOfName(name)?.step).toBe(step);
    expect(stepOfName(name)?.certain).toBe(name.startsWith('checkpoint-'));
  });

  it.each([
    'tmp-checkpoint-500',
    'checkpoint-500-tmp',
    'checkpoint-500.tmp',
    '.checkpoint-500',
    '500.orbax-checkpoint-tmp-3',
    'step-500-unfinished',
    '_SNAPSHOTS',
    'checkpoint-',
    'latest',
    'checkpoint-99999999999999999999',
    'notes-2024-500',
  ])('reads nothing in %s', (name) => {
    expect(stepOfName(name)).toBeNull();
  });
});
