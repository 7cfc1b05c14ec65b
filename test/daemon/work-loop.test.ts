import { expect, it } from 'vitest';
import { startWorkLoop } from '../../src/daemon/work-loop.ts';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';

/** Resolves the n-th promise when `hit` is called for the n-th time. */
function turnstile() {
  const waiting: (() => void)[] = [];
  let passed = 0;
  return {
    hit: () => {
      passed += 1;
      for (const resolve of waiting.splice(0)) resolve();
    },
    async reaches(count: number) {
      while (passed < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    get passed() {
      return passed;
    },
  };
}

const options = { name: 'test', clock: systemClock, log: silentLog, nextAt: () => null };

it('works until nothing is left, sleeps, and works again when woken', async () => {
  const turns = turnstile();
  let left = 3;
  const loop = startWorkLoop({
    ...options,
    work: async () => {
      turns.hit();
      return left-- > 0;
    },
  });
  await turns.reaches(4);
  left = 1;
  loop.wake();
  await turns.reaches(6);
  await loop.stop();
  expect(turns.passed).toBe(6);
});

it('does not lose a wake-up that comes while it works', async () => {
  const turns = turnstile();
  const loop = startWorkLoop({
    ...options,
    work: async () => {
      turns.hit();
      if (turns.passed === 1) loop.wake();
      return false;
    },
  });
  await turns.reaches(2);
  await loop.stop();
});

it('wakes by itself when something becomes due', async () => {
  const turns = turnstile();
  const loop = startWorkLoop({
    ...options,
    nextAt: () => systemClock.now() + 1,
    work: async () => {
      turns.hit();
      return false;
    },
  });
  await turns.reaches(3);
  await loop.stop();
});

it('survives a mistake in the work and tells the log', async () => {
  const turns = turnstile();
  const said: string[] = [];
  const clock = { ...systemClock, sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(0, signal) };
  const loop = startWorkLoop({
    ...options,
    clock,
    log: { ...silentLog, error: (message) => said.push(message) },
    nextAt: () => 0,
    work: async () => {
      turns.hit();
      if (turns.passed === 1) throw new Error('no disk');
      return false;
    },
  });
  await turns.reaches(2);
  await loop.stop();
  expect(said).toEqual(['test: no disk']);
});

it('aborts what is under way when it stops, and waits for it', async () => {
  const order: string[] = [];
  const began = turnstile();
  const loop = startWorkLoop({
    ...options,
    work: async (signal) => {
      began.hit();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      order.push('put down');
      return false;
    },
  });
  await began.reaches(1);
  await loop.stop();
  order.push('stopped');
  expect(order).toEqual(['put down', 'stopped']);
});
