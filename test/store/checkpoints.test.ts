import { describe, expect, it } from 'vitest';
import { CHECKPOINT_STATES, type CheckpointState, canBecome } from '../../src/domain/checkpoint.ts';
import { scratchStore, withCheckpoints } from './scratch.ts';

describe('checkpoints', () => {
  it('get the same ids however often a step is written', () => {
    const scratch = scratchStore();
    expect(withCheckpoints(scratch, 100, 200, 100, 100)).toEqual(['r-100', 'r-200', 'r-100.2', 'r-100.3']);
    expect(scratch.store.checkpoints.atStep('r', 100).map((checkpoint) => checkpoint.ordinal)).toEqual([1, 2, 3]);
  });

  it('keep the history of their states with reasons and times', () => {
    const scratch = scratchStore();
    const { store, clock } = scratch;
    const [id] = withCheckpoints(scratch, 100) as [string];
    clock.at = 2_000;
    store.checkpoints.transition(id, 'settling', 'model-00002-of-00003.safetensors is missing');
    clock.at = 3_000;
    store.checkpoints.transition(id, 'settling', 'trainer_state.json is missing');
    expect(store.checkpoints.get(id)).toMatchObject({
      state: 'settling',
      reason: 'trainer_state.json is missing',
      foundAt: 1_000,
      stateAt: 2_000,
    });
    store.checkpoints.transition(id, 'complete');
    expect(store.checkpoints.get(id)).toMatchObject({ state: 'complete', reason: null, stateAt: 3_000 });
    expect(store.checkpoints.history(id)).toEqual([
      { from: null, to: 'found', reason: null, at: 1_000 },
      { from: 'found', to: 'settling', reason: 'model-00002-of-00003.safetensors is missing', at: 2_000 },
      { from: 'settling', to: 'complete', reason: null, at: 3_000 },
    ]);
  });

  it('take exactly the steps that the table of states allows', () => {
    const scratch = scratchStore();
    const { store } = scratch;
    withCheckpoints(scratch);
    let step = 0;
    /** A checkpoint that went the shortest legal way to a state. */
    const inState = (wanted: CheckpointState): string => {
      const ways: [CheckpointState, ...CheckpointState[]][] = [['found']];
      for (const way of ways) {
        if (way.at(-1) === wanted) {
          step += 1;
          const { id } = store.checkpoints.add({ run: 'r', step, path: `/out/r/${step}`, format: 'hugging-face' });
          for (const to of way.slice(1)) store.checkpoints.transition(id, to);
          return id;
        }
        for (const to of CHECKPOINT_STATES)
          if (canBecome(way.at(-1)!, to) && !way.includes(to)) ways.push([...way, to]);
      }
      throw new Error(`no way to ${wanted}`);
    };
    for (const from of CHECKPOINT_STATES) {
      for (const to of CHECKPOINT_STATES) {
        const id = inState(from);
        const change = () => store.checkpoints.transition(id, to, 'because');
        if (from === to || canBecome(from, to)) expect(change()).toMatchObject({ state: to, reason: 'because' });
        else expect(change).toThrow(expect.objectContaining({ code: 'LIBRA_INTERNAL' }));
      }
    }
  });

  it('learn facts one by one', () => {
    const scratch = scratchStore();
    const { store } = scratch;
    const [id] = withCheckpoints(scratch, 100) as [string];
    store.checkpoints.learn(id, { fingerprint: 'ab', bytes: 12 });
    store.checkpoints.learn(id, { tokens: 5, observed: 'stat', lastByteAt: 77 });
    expect(store.checkpoints.get(id)).toMatchObject({
      fingerprint: 'ab',
      bytes: 12,
      tokens: 5,
      observed: 'stat',
      lastByteAt: 77,
    });
    expect(store.checkpoints.findByFingerprint('r', 'ab')).toHaveLength(1);
    expect(store.checkpoints.findByPath('/out/r/checkpoint-100')).toHaveLength(1);
  });

  it('come page by page in the order of steps and of rewriting', () => {
    const scratch = scratchStore();
    withCheckpoints(scratch, 300, 100, 200, ...Array.from({ length: 10 }, () => 200));
    const { checkpoints } = scratch.store;
    const all = checkpoints.ofRun('r').map(({ id }) => id);
    expect(all.slice(0, 3)).toEqual(['r-100', 'r-200', 'r-200.2']);
    expect(all.slice(-3)).toEqual(['r-200.10', 'r-200.11', 'r-300']);
    const pages: string[] = [];
    for (let after: string | undefined; ; after = pages.at(-1)) {
      const page = checkpoints.page('r', after === undefined ? { limit: 3 } : { after, limit: 3 });
      if (page.length === 0) break;
      pages.push(...page.map(({ id }) => id));
    }
    expect(pages).toEqual(all);
    expect(checkpoints.page('r', { limit: 2, newestFirst: true }).map(({ id }) => id)).toEqual(['r-300', 'r-200.11']);
  });
});

describe('runs', () => {
  it('show their newest checkpoint, counts and open alerts', () => {
    const scratch = scratchStore();
    const { store } = scratch;
    const [, newest] = withCheckpoints(scratch, 100, 200, 50) as [string, string];
    store.checkpoints.transition(newest, 'complete');
    store.runs.add({ id: 'other', name: 'other', path: '/out/other' });
    const [run, other] = store.runs.overview();
    expect(run?.latest?.id).toBe('r-200');
    expect(run?.counts).toMatchObject({ found: 2, complete: 1, failed: 0 });
    expect(other).toMatchObject({ latest: null, openAlerts: 0 });
  });

  it('are found by path and by identity after a move, and get free ids', () => {
    const { store } = scratchStore();
    store.runs.add({ id: store.runs.freeId('mix'), name: 'mix', path: '/a/mix', identity: '8:1:77' });
    store.runs.add({ id: store.runs.freeId('mix'), name: 'mix', path: '/b/mix' });
    expect(store.runs.list().map(({ id }) => id)).toEqual(['mix', 'mix-2']);
    store.runs.move('mix', '/c/mix');
    expect(store.runs.findByPath('/a/mix')).toBeNull();
    expect(store.runs.findByPath('/c/mix')?.id).toBe('mix');
    expect(store.runs.findByIdentity('8:1:77')?.id).toBe('mix');
    expect(() => store.runs.require('mxi')).toThrow(
      expect.objectContaining({ code: 'LIBRA_RUN_UNKNOWN', hint: expect.stringContaining('mix-2') }),
    );
  });

  it('change their state once', () => {
    const { store, clock } = scratchStore();
    store.runs.add({ id: 'r', name: 'r', path: '/r' });
    clock.at = 5_000;
    expect(store.runs.setState('r', 'stalled')).toBe(true);
    clock.at = 6_000;
    expect(store.runs.setState('r', 'stalled')).toBe(false);
    expect(store.runs.get('r')).toMatchObject({ state: 'stalled', stateAt: 5_000 });
  });
});
