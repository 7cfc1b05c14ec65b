import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/domain/alert.ts';
import { type Scratch, scratchStore, withCheckpoints } from './scratch.ts';

const alert = (id: string, changes: Partial<Alert> = {}): Alert => ({
  id,
  run: 'r',
  kind: 'regression',
  severity: 'warning',
  state: 'firing',
  checkpoint: 'r-200',
  step: 200,
  sinceStep: 100,
  title: 'Chinese knowledge fell',
  summary: '',
  members: [],
  examples: [],
  telemetry: {
    lossBefore: 1,
    lossAfter: Number.NaN,
    learningRateBefore: null,
    learningRateAfter: null,
    gradNormBefore: null,
    gradNormAfter: null,
    dataMixBefore: null,
    dataMixAfter: null,
    spikes: { loss: 300, gradNorm: null, learningRate: null },
    dataMixChangedAt: null,
  },
  advice: [],
  lastGoodCheckpoint: null,
  resolvedAtStep: null,
  ...changes,
});

function withAlerts(...alerts: readonly Alert[]): Scratch {
  const scratch = scratchStore();
  withCheckpoints(scratch, 100, 200, 300);
  for (const each of alerts) {
    scratch.store.alerts.save(each);
    scratch.clock.at += 1_000;
  }
  return scratch;
}

describe('alerts', () => {
  it('keep who changed their state, when and why', () => {
    const { store } = withAlerts(alert('a'));
    expect(store.alerts.save(alert('a', { title: 'Chinese knowledge fell further' }))).toBe(false);
    expect(store.alerts.save(alert('a', { state: 'acknowledged' }), 'mei', 'we changed the mix')).toBe(true);
    store.alerts.save(alert('a', { state: 'resolved', resolvedAtStep: 300 }));
    expect(store.alerts.history('a')).toEqual([
      { from: null, to: 'firing', by: 'libra', why: null, at: 1_000 },
      { from: 'firing', to: 'acknowledged', by: 'mei', why: 'we changed the mix', at: 2_000 },
      { from: 'acknowledged', to: 'resolved', by: 'libra', why: null, at: 2_000 },
    ]);
    expect(store.alerts.get('a')).toEqual({
      ...alert('a', { state: 'resolved', resolvedAtStep: 300 }),
      held: null,
      toldAt: null,
      createdAt: 1_000,
      stateAt: 2_000,
    });
  });

  it('are listed open by run, and all newest first, page by page', () => {
    const { store } = withAlerts(alert('a'), alert('b', { step: 100 }), alert('c', { state: 'resolved' }), alert('d'));
    store.runs.add({ id: 's', name: 's', path: '/s' });
    expect(store.alerts.open('r').map(({ id }) => id)).toEqual(['b', 'a', 'd']);
    expect(store.alerts.open('s')).toEqual([]);
    expect(store.alerts.page({ limit: 3 }).map(({ id }) => id)).toEqual(['d', 'c', 'b']);
    expect(store.alerts.page({ before: 'b' }).map(({ id }) => id)).toEqual(['a']);
    expect(store.alerts.page({ states: ['resolved'] }).map(({ id }) => id)).toEqual(['c']);
    expect(store.alerts.page({ run: 's' })).toEqual([]);
    expect(store.runs.overview('r')[0]?.openAlerts).toBe(3);
  });
});

describe('deliveries', () => {
  it('are put in once, tried when due, and end sent or dead', () => {
    const { store, clock } = withAlerts(alert('a'));
    const put = (key: string, nextAt?: number) =>
      store.deliveries.enqueue({
        alert: 'a',
        event: 'alert.firing',
        channel: 'hook',
        key,
        payload: { key },
        ...(nextAt === undefined ? {} : { nextAt }),
      });
    expect([put('k1'), put('k1'), put('k2', clock.at + 500)]).toEqual([true, false, true]);
    const [first] = store.deliveries.due();
    expect(store.deliveries.due()).toHaveLength(1);
    store.deliveries.retry(first!.id, 'HTTP 503', clock.at + 100);
    expect(store.deliveries.due()).toEqual([]);
    expect(store.deliveries.nextAt('hook', clock.at)).toBe(clock.at + 100);
    clock.at += 500;
    expect(store.deliveries.due().map(({ key, attempts, lastError }) => [key, attempts, lastError])).toEqual([
      ['k1', 1, 'HTTP 503'],
      ['k2', 0, null],
    ]);
    store.deliveries.sent(first!.id);
    store.deliveries.dead(store.deliveries.due()[0]!.id, 'HTTP 410');
    expect(store.deliveries.nextAt('hook', 0)).toBeNull();
    expect(store.deliveries.ofAlert('a').map(({ state }) => state)).toEqual(['sent', 'dead']);
    expect(put('k1')).toBe(false);
  });
});

describe('the order of a channel', () => {
  const PENDING = ['k1', 'k2', 'k3'];

  function withThree() {
    const scratch = withAlerts(alert('a'), alert('b'));
    const { deliveries } = scratch.store;
    const alerts = ['a', 'b', 'a'];
    for (const [at, key] of PENDING.entries())
      deliveries.enqueue({ alert: alerts[at]!, event: 'x', channel: 'hook', key, payload: null });
    deliveries.enqueue({ event: 'x', channel: 'other', key: 'o', payload: null });
    const fail = (times: number) => {
      for (let i = 0; i < times; i++) deliveries.retry(1, 'HTTP 503', scratch.clock.at + 100);
    };
    return { ...scratch, fail, dueKeys: () => deliveries.due().map(({ key }) => key) };
  }

  it('one that failed holds up the later ones of its channel alone', () => {
    const { store, clock, fail, dueKeys } = withThree();
    fail(1);
    expect(dueKeys()).toEqual(['o']);
    expect([store.deliveries.nextOf('hook'), store.deliveries.nextOf('other')?.key]).toEqual([null, 'o']);
    expect(store.deliveries.channels()).toEqual(['hook', 'other']);
    expect(store.deliveries.nextAt('hook', clock.at)).toBe(clock.at + 100);
    clock.at += 100;
    expect(store.deliveries.nextOf('hook')?.key).toBe('k1');
  });

  it('after four failures the fault may be its own: others pass, those about its alert do not, and who passed brings it back', () => {
    const { store, fail } = withThree();
    fail(4);
    expect(store.deliveries.nextOf('hook')?.key).toBe('k2');
    store.deliveries.sent(2);
    expect(store.deliveries.nextOf('hook')).toBeNull();
    store.deliveries.hasten('hook');
    expect(store.deliveries.nextOf('hook')?.key).toBe('k1');
  });

  it('one that waits for the end of quiet hours lets others pass', () => {
    const { store, clock } = withThree();
    store.deliveries.enqueue({ event: 'x', channel: 'quiet', key: 'q1', payload: null, nextAt: clock.at + 9_000 });
    store.deliveries.enqueue({ event: 'x', channel: 'quiet', key: 'q2', payload: null });
    expect(store.deliveries.nextOf('quiet')?.key).toBe('q2');
  });
});

describe('events, pins, meta and retention', () => {
  it('events resume after any id, and ids are never reused', () => {
    const { store, clock } = scratchStore();
    const ids = [1, 2, 3].map((step) => store.events.append({ event: 'run.found', at: 't', step }));
    expect(store.events.after(ids[0]!).map(({ event }) => event.step)).toEqual([2, 3]);
    clock.at += 10_000;
    store.retention.apply({ eventsMs: 1, deliveriesMs: 1, answersMs: null });
    expect(store.events.edges()).toBeNull();
    expect(store.events.append({ event: 'run.found', at: 't' })).toBeGreaterThan(ids[2]!);
  });

  it('pins say what is held and how much it takes', () => {
    const scratch = scratchStore();
    const { pins } = scratch.store;
    const [a, b] = withCheckpoints(scratch, 100, 200) as [string, string];
    const pin = pins.add(a, { directory: '/pins/a', kind: 'link', bytes: 10 });
    pins.add(b, { directory: '/pins/b', kind: 'link', bytes: 5 });
    pins.update(pin.id, 40, 'copy');
    expect(pins.heldBytes()).toBe(45);
    expect(pins.ofCheckpoint(a)).toMatchObject({ directory: '/pins/a', kind: 'copy', bytes: 40 });
    pins.release(pin.id);
    expect(pins.held().map(({ checkpoint }) => checkpoint)).toEqual([b]);
    expect(pins.ofCheckpoint(a)).toBeNull();
  });

  it('retention forgets what is old and nothing that is under way', () => {
    const scratch = withAlerts(alert('a'));
    const { store, clock } = scratch;
    for (const id of ['old', 'running']) {
      store.plans.add({ id, checkpoint: 'r-100', strategy: 'fixed', slices: [], leftOut: [] });
      store.evaluations.add({ id, checkpoint: 'r-100', plan: id });
      const answer = { kind: 'text' as const, text: 'x', tokens: 1 };
      store.answers.append(id, 'copy', [{ index: 0, docId: '0', answer, error: null, values: {} }]);
    }
    store.evaluations.finish('old', 1);
    const send = (key: string) => store.deliveries.enqueue({ event: 'x', channel: 'hook', key, payload: null });
    send('sent');
    send('pending');
    store.deliveries.sent(store.deliveries.due()[0]!.id);
    clock.at += 1_000;
    const rule = { eventsMs: 1_000, deliveriesMs: 1_000, answersMs: 1_000 };
    expect(store.retention.apply(rule)).toEqual({ events: 0, deliveries: 0, answers: 0 });
    clock.at += 1;
    expect(store.retention.apply({ ...rule, answersMs: null })).toMatchObject({ deliveries: 1, answers: 0 });
    expect(store.retention.apply(rule)).toMatchObject({ answers: 1 });
    expect(store.answers.ofEvaluation('running', 'copy')).toHaveLength(1);
    expect(store.deliveries.due().map(({ key }) => key)).toEqual(['pending']);
  });

  it('meta holds single values', () => {
    const { store } = scratchStore();
    expect(store.meta.get('share-key')).toBeNull();
    store.meta.set('share-key', 'a');
    store.meta.set('share-key', 'b');
    expect(store.meta.get('share-key')).toBe('b');
  });
});
