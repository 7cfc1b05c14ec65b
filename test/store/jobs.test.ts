import { describe, expect, it } from 'vitest';
import { pauseAfter } from '../../src/store/jobs.ts';
import { scratchStore } from './scratch.ts';

function queue() {
  const scratch = scratchStore();
  scratch.store.runs.add({ id: 'r', name: 'r', path: '/r' });
  scratch.store.runs.add({ id: 's', name: 's', path: '/s' });
  const put = (run: string, step: number, kind = 'evaluate') =>
    scratch.store.jobs.enqueue({ kind, key: `${kind} ${run}-${step}`, run, step, payload: { step } });
  return { jobs: scratch.store.jobs, clock: scratch.clock, put };
}

describe('jobs', () => {
  it('are queued once by key, even after they are done', () => {
    const { jobs, put } = queue();
    expect(put('r', 100)).toBe(true);
    expect(put('r', 100)).toBe(false);
    jobs.complete(jobs.lease({ leaseMs: 10 })!.id);
    expect(put('r', 100)).toBe(false);
    expect(jobs.lease({ leaseMs: 10 })).toBeNull();
    expect(jobs.get('evaluate r-100')).toMatchObject({ state: 'done', payload: { step: 100 } });
  });

  it('are leased in the order of steps, not of asking, each to one worker', () => {
    const { jobs, put } = queue();
    for (const step of [300, 1_000, 200]) put('r', step);
    const steps = [1, 2, 3, 4].map(() => jobs.lease({ leaseMs: 10 })?.step);
    expect(steps).toEqual([200, 300, 1_000, undefined]);
  });

  it('of several runs the one that has waited longest comes first, whatever its steps', () => {
    const { jobs, put } = queue();
    put('r', 90_000);
    for (const step of [100, 200]) put('s', step);
    put('r', 91_000);
    const next = () => {
      const job = jobs.lease({ leaseMs: 10 })!;
      jobs.complete(job.id);
      return [job.run, job.step];
    };
    expect([next(), next(), next(), next()]).toEqual([
      ['r', 90_000],
      ['s', 100],
      ['s', 200],
      ['r', 91_000],
    ]);
  });

  it('can be leased by kind and by run', () => {
    const { jobs, put } = queue();
    put('r', 100, 'judge');
    put('s', 200);
    expect(jobs.lease({ kinds: ['evaluate'], leaseMs: 10 })?.run).toBe('s');
    expect(jobs.lease({ run: 's', leaseMs: 10 })).toBeNull();
    expect(jobs.lease({ run: 'r', leaseMs: 10 })?.kind).toBe('judge');
  });

  it('wait longer after each failure and are given up at last', () => {
    const { jobs, clock, put } = queue();
    put('r', 100);
    const { id } = jobs.lease({ leaseMs: 10 })!;
    expect(jobs.fail(id, 'engine died')).toBe('queued');
    expect(jobs.lease({ leaseMs: 10 })).toBeNull();
    expect(jobs.nextAt()).toBe(clock.at + pauseAfter(1));
    clock.at += pauseAfter(1);
    expect(jobs.lease({ leaseMs: 10 })).toMatchObject({ id, attempts: 1, error: 'engine died' });
    jobs.fail(id, 'again');
    clock.at += pauseAfter(2);
    jobs.lease({ leaseMs: 10 });
    expect(jobs.fail(id, 'for good')).toBe('failed');
    expect(jobs.get('evaluate r-100')).toMatchObject({ state: 'failed', attempts: 3, error: 'for good' });
    expect(jobs.reopen('evaluate r-100')).toBe(true);
    expect(jobs.lease({ leaseMs: 10 })).toMatchObject({ id, attempts: 0 });
    expect(pauseAfter(20)).toBe(600_000);
  });

  it('in step order: a job waits for an earlier one of its run, even for one that waits itself', () => {
    const { jobs, clock, put } = queue();
    put('r', 100);
    put('r', 200);
    put('s', 300);
    const inStepOrder = { leaseMs: 10_000_000, inStepOrder: true };
    const first = jobs.lease(inStepOrder)!;
    expect(jobs.lease(inStepOrder)?.run).toBe('s');
    expect(jobs.lease(inStepOrder)).toBeNull();
    jobs.fail(first.id, 'once');
    expect(jobs.lease(inStepOrder)).toBeNull();
    clock.at += pauseAfter(1);
    expect(jobs.lease(inStepOrder)?.step).toBe(100);
    jobs.complete(first.id);
    expect(jobs.lease(inStepOrder)?.step).toBe(200);
  });

  it('are queued again at start when their worker died; that is no failure', () => {
    const { jobs, put } = queue();
    put('r', 100);
    jobs.lease({ leaseMs: 1_000_000 });
    expect(jobs.releaseAll()).toBe(1);
    expect(jobs.lease({ leaseMs: 10 })).toMatchObject({ step: 100, attempts: 0 });
  });

  it('can be taken over when a lease ran out, and not while it is renewed', () => {
    const { jobs, clock, put } = queue();
    put('r', 100);
    const { id } = jobs.lease({ leaseMs: 100 })!;
    clock.at += 90;
    expect(jobs.renew(id, 100)).toBe(true);
    clock.at += 90;
    expect(jobs.lease({ leaseMs: 100 })).toBeNull();
    clock.at += 20;
    expect(jobs.lease({ leaseMs: 100 })?.id).toBe(id);
    jobs.complete(id);
    expect(jobs.renew(id, 100)).toBe(false);
  });

  it('not before their time', () => {
    const { jobs, clock } = queue();
    jobs.enqueue({ kind: 'digest', key: 'weekly', runAfter: clock.at + 5 });
    expect(jobs.lease({ leaseMs: 10 })).toBeNull();
    clock.at += 5;
    expect(jobs.lease({ leaseMs: 10 })?.key).toBe('weekly');
    jobs.release(1);
    expect(jobs.unfinished()).toMatchObject([{ key: 'weekly', state: 'queued' }]);
  });
});
