import { expect, it } from 'vitest';
import { messageOf } from '../../src/alert/message.ts';
import { rasterise } from '../../src/alert/rasterise.ts';
import { strokeText } from '../../src/alert/stroke-text.ts';
import { type AlertTrend, drawTrend } from '../../src/alert/trend-picture.ts';
import { alert } from './fixtures.ts';

const trend = (values: readonly number[], changes: Partial<AlertTrend> = {}): AlertTrend => ({
  name: { en: 'Chinese culture', zh: '中国文化理解' },
  metric: 'score',
  points: values.map((value, i) => ({ step: 80 * (i + 1), value, low: value - 0.03, high: value + 0.02 })),
  changeBetween: [240, 320],
  reference: 0.85,
  ...changes,
});

const pixels = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)];

it('draws each point with its interval, those after the change in another colour, and marks where it lies', async () => {
  const svg = drawTrend(trend([0.85, 0.86, 0.84, 0.72]));
  expect(svg.match(/<circle/g)).toHaveLength(4);
  expect(svg.match(/<circle[^>]*fill="#e5484d"/g)).toHaveLength(1);
  expect(svg.match(/stroke-linecap="round"\/>/g)).toHaveLength(4);
  const [, left, width] = /<rect x="([\d.]+)" y="12" width="([\d.]+)"/.exec(svg)!.map(Number);
  const circles = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map((match) => Number(match[1]));
  expect([left, left! + width!]).toEqual([circles[2], circles[3]]);
  expect(svg).not.toMatch(/<text|NaN|Infinity/);
  const png = await rasterise(svg);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(pixels(png)).toEqual([1200, 340]);
});

it.each([
  ['points without a spread', trend([0.5, 0.5], { reference: 0.5 })],
  ['one point', trend([0.5])],
  ['large steps of a metric that is no proportion', trend([1.2, 1.3], { metric: 'bits_per_byte', reference: 1.2 })],
])('%s are drawn as well', async (_, one) => {
  const svg = drawTrend(one);
  expect(svg).not.toMatch(/NaN|Infinity/);
  expect(pixels(await rasterise(svg))).toEqual([1200, 340]);
});

it('has a stroke for every sign of a number, and none for others', () => {
  for (const letter of '0123456789.-e%kM')
    expect(strokeText({ text: letter, x: 0, y: 0, size: 6, anchor: 'start' })).toMatch(/^M/);
  expect(strokeText({ text: '中<', x: 0, y: 0, size: 6, anchor: 'end' })).toBe('');
});

it('a message tells the trend in bars, and has the picture only where it can be shown', () => {
  const trends = [trend([0.85, 0.86, 0.84, 0.72])];
  const said = (pictures: boolean) => messageOf(alert(), { language: 'both', samples: 'ids', trends, pictures });
  const [en, zh] = said(false).texts;
  expect(en!.sections[1]).toEqual({ heading: 'Trend', lines: ['Chinese culture: ▇█▇▁ (steps 80 - 320)'] });
  expect(zh!.sections[1]!.lines).toEqual(['中国文化理解：▇█▇▁（第 80 - 320 步）']);
  expect(said(false).pictures).toBeUndefined();
  expect(said(true).pictures).toMatchObject([{ name: 'trend-1', alt: 'Chinese culture · 中国文化理解' }]);
});
