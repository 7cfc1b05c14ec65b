import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { scratchDirectory, scratchStore } from './scratch.ts';

const question = (text: string): string => createHash('sha256').update(text).digest('hex');
const [a, b] = [question('a'), question('b')] as [string, string];

describe('responses', () => {
  it('are found again by the weights that gave them, after a restart too', () => {
    const directory = scratchDirectory();
    const open = () => openStore({ directory, now: () => 1 });
    const first = open();
    first.responses.of('one').keep([
      [a, 'A'],
      [b, 'B'],
    ]);
    first.responses.of('one').keep([[a, 'A2']]);
    first.close();
    const second = open();
    expect(second.responses.of('one').find([a, b, question('c')])).toEqual(
      new Map([
        [a, 'A2'],
        [b, 'B'],
      ]),
    );
    expect(second.responses.of('two').find([a, b]).size).toBe(0);
    second.close();
  });

  it('go with their weights, those not used for longest first, until the rest fits', () => {
    const { store, clock } = scratchStore();
    const { responses } = store;
    for (const name of ['old', 'middle', 'new']) {
      clock.at += 10;
      responses.of(name).keep([[a, 'x'.repeat(1000)]]);
    }
    clock.at += 10;
    responses.of('old');
    expect(responses.keepWithin(10_000)).toBe(0);
    expect(responses.keepWithin(2_200)).toBe(1);
    expect(['old', 'middle', 'new'].map((name) => responses.of(name).find([a]).size)).toEqual([1, 0, 1]);
    expect(responses.keepWithin(0)).toBe(2);
    expect(responses.of('new').find([a]).size).toBe(0);
  });

  it('of forgotten weights never come to be those of others', () => {
    const { responses } = scratchStore().store;
    const stale = responses.of('forgotten');
    stale.keep([[a, 'mine']]);
    responses.keepWithin(0);
    responses.of('other').keep([[a, 'theirs']]);
    expect(stale.find([a]).size).toBe(0);
    stale.keep([[b, 'again']]);
    expect(responses.of('other').find([b]).size).toBe(0);
    expect(responses.of('forgotten').find([a, b])).toEqual(new Map([[b, 'again']]));
  });
});
