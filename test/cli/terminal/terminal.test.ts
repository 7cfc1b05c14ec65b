import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { drawChart, niceTicks } from '../../../src/cli/terminal/chart.ts';
import { columnsOf, createPalette, wantsColour, wantsUnicode } from '../../../src/cli/terminal/color.ts';
import { describeEvent, eventJsonLine, formatBytes } from '../../../src/cli/terminal/event-lines.ts';
import { fail, survivePipes } from '../../../src/cli/terminal/fail.ts';
import { createProgress } from '../../../src/cli/terminal/progress.ts';
import { renderTable } from '../../../src/cli/terminal/table.ts';
import { displayWidth, pad, printable, truncate } from '../../../src/cli/terminal/width.ts';
import { LibraError } from '../../../src/domain/errors.ts';
import { EVENT_NAMES } from '../../../src/domain/event.ts';
import { drawSparkline } from '../../../src/system/sparkline.ts';

const ESCAPE = '\u001b';

describe('width', () => {
  it.each([
    ['step', 4],
    ['语义关系', 8],
    ['中a', 3],
    ['한국어', 6],
    ['カナ', 4],
    ['ｶﾅ', 2],
    ['，。（）', 8],
    ['é', 1],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['🇨🇳', 2],
    ['✅', 2],
    ['❤\ufe0f', 2],
    ['•▲─░', 4],
    ['𠀀', 2],
    ['\u200b', 0],
    [`${ESCAPE}[31mred${ESCAPE}[39m`, 3],
    ['', 0],
  ])('of %j is %i', (text, columns) => expect(displayWidth(text)).toBe(columns));

  it('cuts between characters, never inside one', () => {
    expect(truncate('语义关系', 5)).toBe('语义…');
    expect(truncate('语义关系', 4)).toBe('语…');
    expect(truncate('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…');
    expect(truncate('short', 5)).toBe('short');
    expect(displayWidth(pad('语', 6))).toBe(6);
    expect(pad('7', 3, 'right')).toBe('  7');
  });

  it('lets nothing from outside steer the terminal', () => {
    expect(printable(`a${ESCAPE}[2J${ESCAPE}]0;title\u0007b\nc\u0000\u202ed`)).toBe('a' + 'b cd');
  });
});

describe('a table', () => {
  const columns = [{ title: 'capability' }, { title: 'now', align: 'right' as const }];
  const rows = [
    ['语义关系', '45.0 %'],
    ['math', '7.0 %'],
  ];

  it('lines up Chinese and Latin text', () => {
    expect(renderTable(columns, rows)).toBe(
      ['capability     now', '语义关系    45.0 %', 'math         7.0 %'].join('\n'),
    );
  });

  it('fits a narrow screen, and becomes blocks on one too narrow for that', () => {
    const narrow = renderTable(columns, [['推理能力推理能力推理能力', '45.0 %']], { width: 20 });
    expect(narrow.split('\n').every((line) => displayWidth(line) <= 20)).toBe(true);
    expect(narrow).toContain('…');
    expect(renderTable(columns, rows, { width: 10 }).split('\n')).toEqual([
      'capability: 语义关系',
      'now: 45.0 %',
      '',
      'capability: math',
      'now: 7.0 %',
    ]);
  });
});

describe('a chart', () => {
  const points = [0.4, 0.5, null, 0.6, 0.3].map((value, i) => ({
    x: (i + 1) * 100,
    value,
    low: value === null ? null : value - 0.05,
    high: value === null ? null : value + 0.05,
  }));
  const percent = (value: number) => `${Math.round(value * 100)} %`;

  it('is drawn in ASCII with its axes, its gap and its alert', () => {
    const text = drawChart({
      title: 'semantics 语义',
      points,
      marks: [500],
      width: 40,
      height: 12,
      isUnicode: false,
      formatValue: percent,
    });
    expect(`\n${text}\n`).toBe(`
semantics 语义
80 % +
     |
     |                         :
60 % +                         *::
     |    :...*                 ..::
40 % +*....:::                    ..::
     |::                            ..::
     |                                .*
20 % +
     ++--------------------------------^
      100                            500
`);
  });

  it('stays within its width, whatever it shows', () => {
    for (const width of [30, 47, 80, 200]) {
      for (const isUnicode of [true, false]) {
        const text = drawChart({
          title: '推理'.repeat(60),
          points,
          marks: [100, 300],
          width,
          isUnicode,
          formatValue: percent,
        });
        for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }
    }
  });

  it('shows one point, equal points, huge values and nothing at all', () => {
    const one = (values: (number | null)[]) =>
      drawChart({ title: 't', width: 40, points: values.map((value, x) => ({ x, value, low: null, high: null })) });
    expect(one([0.5])).toContain('•');
    expect(one([2, 2, 2])).toContain('•');
    expect(one([1e12, -1e12])).toContain('•');
    expect(one([null])).toContain('nothing measured yet');
    expect(one([])).toContain('nothing measured yet');
  });

  it('has round ticks that cover the values', () => {
    expect(niceTicks(0.33, 0.61, 4)).toEqual([0.3, 0.4, 0.5, 0.6, 0.7]);
    expect(niceTicks(0, 0, 4)[0]).toBeLessThanOrEqual(0);
    for (const [low, high] of [
      [1e-9, 2e-9],
      [-5, 1e6],
      [3, 3],
    ] as const) {
      const ticks = niceTicks(low, high, 5);
      expect(ticks[0]).toBeLessThanOrEqual(low);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
      expect(ticks.length).toBeLessThan(12);
    }
  });

  it('fits into a cell of a table', () => {
    expect(drawSparkline([0, null, 0.5, 1], 10)).toBe('▁ ▅█');
    expect(
      drawSparkline(
        Array.from({ length: 1000 }, (_, i) => i),
        8,
      ),
    ).toBe('▁▂▃▄▅▆▇█');
    expect(drawSparkline([null], 4)).toBe(' ');
  });
});

describe('colour', () => {
  it('is for people who want it', () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
    expect(wantsColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
    expect(wantsColour({}, { FORCE_COLOR: '1' })).toBe(true);
    expect(wantsUnicode({ LANG: 'C' })).toBe(false);
    expect(wantsUnicode({ LANG: 'zh_CN.UTF-8' })).toBe(true);
    expect(columnsOf({ columns: 132 }, 80, {})).toBe(132);
    expect(columnsOf({}, 80, {})).toBe(80);
    expect(createPalette(true).red('')).toBe('');
  });
});

describe('events', () => {
  const at = '2026-01-02T03:04:05.000Z';

  it('are each one line of text, except progress, and one line of JSON', () => {
    for (const event of EVENT_NAMES) {
      const line = describeEvent({ event, at, run: 'r', step: 1200, reason: `two\nlines ${ESCAPE}[2J`, title: 'T' });
      if (event === 'evaluation.progress') expect(line).toBeNull();
      else expect(line).toMatch(/^\d\d:\d\d:\d\d {2}r step 1,200 {2}\S[^\n]*$/);
      expect(line ?? '').not.toContain(ESCAPE);
      expect(JSON.parse(eventJsonLine({ event, at, value: Number.NaN }))).toEqual({ event, at, value: null });
    }
  });

  it('say what a person wants to know', () => {
    expect(
      describeEvent({ event: 'alert.firing', at, run: 'zh', step: 900, title: '语义 fell', since_step: 800 }),
    ).toContain('zh step 900  ALERT 语义 fell (since step 800)');
    expect(
      describeEvent({ event: 'evaluation.finished', at, run: 'zh', step: 9, score: 0.512, docs: 300, seconds: 4.25 }),
    ).toContain('evaluated: 51.2 % overall, 300 docs in 4.3 s');
    expect(describeEvent({ event: 'checkpoint.complete', at, run: 'zh', step: 9, bytes: 912_000 })).toContain('912 kB');
    expect([0, 999, 1500, 16_100_000_000].map(formatBytes)).toEqual(['0 B', '999 B', '1.5 kB', '16.1 GB']);
  });
});

describe('failing', () => {
  const written = (error: unknown, env = {}) => {
    let text = '';
    const code = fail(error, { write: (more) => (text += more) }, env);
    return { code, text };
  };

  it('is two sentences and an exit code', () => {
    const usage = new LibraError('LIBRA_RUN_UNKNOWN', "There is no run 'x'.", { hint: "Did you mean 'y'?" });
    expect(written(usage)).toEqual({
      code: 2,
      text: "error: There is no run 'x'. (LIBRA_RUN_UNKNOWN)\nhint: Did you mean 'y'?\n",
    });
    const machine = new LibraError('LIBRA_DISK_FULL', 'The disk is full', { hint: 'Free some space' });
    expect(written(machine)).toEqual({
      code: 1,
      text: 'error: The disk is full. (LIBRA_DISK_FULL)\nhint: Free some space.\n',
    });
  });

  it('keeps the stack for those who ask', () => {
    const { code, text } = written(new TypeError('x is not a function'));
    expect(code).toBe(1);
    expect(text).toContain('error: x is not a function.');
    expect(text).not.toContain('    at ');
    expect(written(new TypeError('boom'), { LIBRA_DEBUG: '1' }).text).toContain('terminal.test.ts');
  });

  it('is not what a closed pipe is', () => {
    const stream = new EventEmitter();
    let closed = 0;
    survivePipes(() => closed++, [stream]);
    stream.emit('error', Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
    stream.emit('error', Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
    expect(closed).toBe(1);
    expect(() => stream.emit('error', Object.assign(new Error('EIO'), { code: 'EIO' }))).toThrow('EIO');
  });
});

describe('progress', () => {
  const collect = (isTTY: boolean) => {
    const stream = Object.assign(new PassThrough(), {
      isTTY,
      columns: 80,
      clearLine() {},
      cursorTo() {},
      moveCursor() {},
      clearScreenDown() {},
    });
    const chunks: string[] = [];
    stream.on('data', (chunk) => chunks.push(String(chunk)));
    return { stream, text: () => chunks.join('') };
  };

  it('in a pipe is a line at each tenth', () => {
    const { stream, text } = collect(false);
    const progress = createProgress(stream);
    for (let done = 0; done <= 100; done++) progress.update('数学 task', done, 100);
    progress.print('evaluated');
    progress.finish('数学 task');
    expect(text().split('\n').slice(0, 2)).toEqual(['数学 task: 10 of 100 (10 %)', '数学 task: 20 of 100 (20 %)']);
    expect(text().split('\n')).toHaveLength(12);
    expect(text()).not.toContain(ESCAPE);
  });

  it('on a terminal is a bar that other lines do not tear', () => {
    const { stream, text } = collect(true);
    const progress = createProgress(stream);
    progress.update('语义关系', 5, 10);
    progress.print('a line between');
    progress.update('语义关系', 9, 10);
    progress.finish('语义关系');
    progress.print('after');
    progress.stop();
    expect(text()).toContain('语义关系');
    expect(text()).toContain('a line between\n');
    expect(text().endsWith('after\n')).toBe(true);
  });

  it('with --json is silent', () => {
    const { stream, text } = collect(true);
    const progress = createProgress(stream, 'none');
    progress.update('x', 1, 2);
    progress.print('x');
    progress.stop();
    expect(text()).toBe('');
  });
});
