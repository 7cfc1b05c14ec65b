import { afterEach, describe, expect, it } from 'vitest';
import { interventionsReply } from '../../src/api/contract-interventions.ts';
import { intervene } from '../../src/daemon/intervene.ts';
import { readInterventions } from '../../src/daemon/read-interventions.ts';
import { readTrend } from '../../src/daemon/read-trend.ts';
import { NODE, RUN, seedStore } from '../api/seeded-store.ts';

let close = () => {};
afterEach(() => close());

function seeded() {
  const all = seedStore();
  close = all.close;
  const heard: unknown[] = [];
  all.events.subscribe(({ event }) => void heard.push(event));
  return { ...all, heard };
}

const said = { step: 900, note: '中文占比 0 -> 0.3', by: 'wei' };

describe('what the team changed', () => {
  it('is kept once, told as an event, and marked on the trends', () => {
    const { store, events, heard } = seeded();
    const { id } = intervene(store, events, RUN, said);
    expect(intervene(store, events, RUN, said).id).toBe(id);
    intervene(store, events, RUN, { ...said, step: 300, note: 'warm-up ends' });
    expect(heard).toMatchObject([
      { event: 'run.intervention', run: RUN, ...said },
      { event: 'run.intervention', step: 300 },
    ]);
    expect(readTrend(store, RUN).interventions).toMatchObject([{ step: 300 }, said]);
    expect(readTrend(store, RUN, { from: 400 }).interventions).toHaveLength(1);
    expect(() => intervene(store, events, 'nope', said)).toThrow(
      expect.objectContaining({ code: 'LIBRA_RUN_UNKNOWN' }),
    );
  });

  it('is shown with how the capabilities moved across it', () => {
    const { store, events } = seeded();
    intervene(store, events, RUN, said);
    const [one] = readInterventions(store, RUN);
    expect(interventionsReply.parse({ items: [one] })).toEqual({ items: [one] });
    expect(one).toMatchObject({ ...said, after_steps: [1000, 1100, 1200] });
    const effect = one!.effects.find(({ capability }) => capability === NODE)!;
    expect(effect.name.zh).toBe('语义关系');
    expect(effect.difference).toBeLessThan(-0.08);
    expect(effect.ci95[1]).toBeLessThan(0);
    expect(effect.was_alerted).toBe(false);
  });

  it('what was in an open alert then is named as such; before there is a checkpoint with it nothing is said', () => {
    const { store, events } = seeded();
    intervene(store, events, RUN, { ...said, step: 1100 });
    const [one] = readInterventions(store, RUN);
    expect(one!.before_steps).toEqual([1000, 1100]);
    expect(one!.effects.find(({ capability }) => capability === NODE)).toMatchObject({ was_alerted: true });
    intervene(store, events, RUN, { ...said, step: 5000 });
    expect(readInterventions(store, RUN)[1]).toMatchObject({ step: 5000, after_steps: [], effects: [] });
  });
});
