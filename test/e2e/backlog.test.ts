/** Training that is faster than evaluation: one in four checkpoints is evaluated, a drop is found all the same, and then where it began. */
import { appendFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makePlace, read, replay, watch } from './watched-replay.ts';

const RUN = 'forgetting';
const SECONDS = 1000;

it(
  'names the checkpoint before a drop although most were passed over and deleted by the trainer',
  async () => {
    await using place = await makePlace(60);
    appendFileSync(place.config, 'backlog: {name: every, every: 4}\n');
    const libra = watch(place, ['--until-idle', '1']);
    await libra.until(({ event }) => event === 'daemon.started', 'start');
    await replay(RUN, place, { interval: 0.3, save: 1, keep: 2 });
    expect(await libra.ended).toMatchObject({ code: 0 });

    const checkpoints = read(place, (store) => store.checkpoints.ofRun(RUN));
    const skipped = libra.events.filter(({ event }) => event === 'checkpoint.skipped');
    expect(skipped.length).toBeGreaterThanOrEqual(6);
    expect(skipped.every(({ reason }) => String(reason).includes('backlog.every'))).toBe(true);
    expect(new Set(checkpoints.map(({ state }) => state))).toEqual(new Set(['evaluated', 'skipped']));
    expect([checkpoints[0]!.state, checkpoints.at(-1)!.state]).toEqual(['evaluated', 'evaluated']);

    // The learning rate was 8 times too high from step 1,084 on: between these two checkpoints.
    const alerts = read(place, (store) => store.alerts.ofRun(RUN).filter(({ kind }) => kind === 'regression'));
    const [first] = alerts;
    const history = read(place, (store) => store.alerts.history(first!.id));
    expect(first).toMatchObject({ sinceStep: 1040, lastGoodCheckpoint: expect.stringContaining('checkpoint-1040') });
    expect(first!.members.every(({ changeBetween: [good, bad] }) => bad - good <= 240)).toBe(true);
    expect(history.some(({ why }) => why?.includes('was evaluated later'))).toBe(true);
    // What was passed over and evaluated after all is history, not news.
    const late = skipped.filter(({ checkpoint }) =>
      checkpoints.some(({ id, state }) => id === checkpoint && state === 'evaluated'),
    );
    expect(late.length).toBeGreaterThanOrEqual(1);
    for (const { checkpoint } of late)
      expect(read(place, (store) => store.verdicts.ofCheckpoint(checkpoint!))).toEqual([]);
  },
  120 * SECONDS,
);
