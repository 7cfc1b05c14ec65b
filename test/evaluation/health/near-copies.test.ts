/** Docs that are nearly the same text are found, however many there are; patterns filled with other words are not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearCopies } from '../../../src/evaluation/health/near-copies.ts';
import { createRandom } from '../../fakes/worlds.ts';

const LONG =
  'The committee met on Tuesday to decide whether the old bridge across the river should be repaired or replaced by a tunnel before winter.';
const CHINESE =
  '会议于星期二召开，讨论河上那座旧桥在冬天之前究竟应当修缮，还是改建成隧道；与会者对费用、工期以及对两岸居民出行的影响各执一词，最后决定先做一次全面的勘测，再把几种方案一并提交，由下个月的会议表决，届时还会邀请居民代表列席。';

describe('near copies', () => {
  it('are the same in other case and spacing, or differ in a word of many', () => {
    expect(nearCopies([LONG, ` ${LONG.toUpperCase().replaceAll(' ', '  ')}`])).toEqual([[0, 1]]);
    expect(nearCopies(['what else?', LONG, LONG.replace('Tuesday', 'Wednesday')])).toEqual([[1, 2]]);
    expect(nearCopies([CHINESE, CHINESE.replace('星期二', '星期三')])).toEqual([[0, 1]]);
  });

  it('are not short texts that differ in what they ask, nor others of the same form', () => {
    expect(
      nearCopies(['not ( True ) and ( True ) is', 'not ( True ) and ( False ) is', '{ { [ ]', '{ [ { ]', '']),
    ).toEqual([]);
    expect(nearCopies([LONG, LONG.split(' ').reverse().join(' ')])).toEqual([]);
  });

  it('name the first of several as the one that is copied', () => {
    expect(nearCopies([LONG, 'x', LONG, LONG])).toEqual([
      [0, 2],
      [0, 3],
    ]);
  });

  it('are found among thousands', () => {
    const random = createRandom(7);
    const word = () => Math.floor(random.uniform() * 5000).toString(36);
    const texts = Array.from({ length: 3000 }, () => Array.from({ length: 40 }, word).join(' '));
    const planted = [5, 700, 1500, 2800].map((place): [number, number] => {
      const later = texts.push(texts[place]!.replace(/^\S+/, 'other')) - 1;
      return [place, later];
    });
    expect(nearCopies(texts)).toEqual(planted);
  });

  it('of anything: a text and itself are a pair, and every pair is in order', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { maxLength: 12 }), (texts) => {
        const pairs = nearCopies([...texts, ...texts]);
        expect(pairs.every(([a, b]) => a < b)).toBe(true);
        const told = new Set(pairs.map(([, later]) => later));
        texts.forEach((text, i) => {
          if (text.trim() !== '') expect(told.has(texts.length + i)).toBe(true);
        });
      }),
    );
  });
});
