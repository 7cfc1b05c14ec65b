import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { LibraError } from '../../../src/domain/errors.ts';
import type { Row } from '../../../src/evaluation/data/dataset.ts';
import { linesOf } from '../../../src/evaluation/data/read-lines.ts';
import { pythonStr } from '../../../src/evaluation/python/python-value.ts';
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';
import { loadOne, taskFiles } from '../../fakes/task-files.ts';

const recorded = fileURLToPath(new URL('./recorded/', import.meta.url));
const over = (file: string, more = '') =>
  `task: t\ndataset_path: ${kindOf(file)}\ndataset_kwargs: {${more}data_files: {test: ${file}}}\ntest_split: test\ndoc_to_text: "x"\ndoc_to_target: "y"\n`;
const kindOf = (file: string) => /\.(json|csv|tsv|parquet|txt)/.exec(file)![1]!.replace('txt', 'text');

/** Rows of a file in their order. */
async function rowsOf(file: string, content: string | Buffer, more = ''): Promise<readonly Row[]> {
  const task = await loadOne({ 't.yaml': over(file, more), [file]: content });
  return [...task.docs].sort((a, b) => a.position - b.position).map(({ fields }) => fields);
}
async function errorOf(file: string, content: string | Buffer, more = ''): Promise<LibraError> {
  return rowsOf(file, content, more).then(
    () => Promise.reject(new Error('it loaded')),
    (error) => error as LibraError,
  );
}

test.each(['none', 'snappy', 'gzip', 'zstd', 'lz4', 'brotli', 'plain-v2'])(
  'Parquet, %s: every value as Python has it',
  async (codec) => {
    const path = join(recorded, `${codec}.parquet`);
    const place = await taskFiles({ 't.yaml': over(path) });
    const { tasks, problems } = await loadTasks({ includePaths: [place] });
    expect(problems).toEqual([]);
    const rows = [...tasks[0]!.docs].sort((a, b) => a.position - b.position).map(({ fields }) => fields);
    const shown = rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([key, value]) => [key, pythonStr(value)])),
    );
    expect(shown).toEqual(JSON.parse(readFileSync(join(recorded, 'rows.json'), 'utf8')));
  },
);

test('broken Parquet is a clear error', async () => {
  const whole = readFileSync(join(recorded, 'snappy.parquet'));
  for (const bytes of [whole.subarray(0, 300), Buffer.from('PAR1 nothing PAR1'), Buffer.alloc(0)]) {
    expect((await errorOf('d.parquet', bytes)).code).toBe('LIBRA_DATASET_INVALID');
  }
});

test('JSON in the shapes people publish', async () => {
  const two = [{ q: 'a' }, { q: 'b' }];
  expect(await rowsOf('d.json', JSON.stringify({ canary: 'x', examples: two }))).toEqual(two);
  expect(await rowsOf('d.json', JSON.stringify({ version: 1, data: two }, null, 2))).toEqual(two);
  expect(await rowsOf('d.json', JSON.stringify(two, null, 1))).toEqual(two);
  expect(await rowsOf('d.json', `{"q":\n["a", "b"]}`)).toEqual(two);
  expect(await rowsOf('d.json', JSON.stringify({ inner: two }), 'field: inner, ')).toEqual(two);
  // A row of its own, however it looks.
  expect(await rowsOf('d.jsonl', '{"data": [1, 2]}')).toEqual([{ data: [1, 2] }]);
  expect(await rowsOf('d.jsonl', '{"choices": ["a"], "gold": ["b"]}')).toEqual([{ choices: ['a'], gold: ['b'] }]);
});

const chinese = Buffer.from('q,n\n\xc4\xe3\xba\xc3,1\n\xca\xc0\xbd\xe7,2\n', 'latin1');
test('GB18030 is known by itself, in CSV, TSV and JSON Lines, packed or not', async () => {
  const rows = [
    { q: '你好', n: 1 },
    { q: '世界', n: 2 },
  ];
  expect(await rowsOf('d.csv', chinese)).toEqual(rows);
  expect(await rowsOf('d.csv.gz', gzipSync(chinese))).toEqual(rows);
  expect(await rowsOf('d.tsv', Buffer.from(chinese.toString('latin1').replaceAll(',', '\t'), 'latin1'))).toEqual(rows);
  expect(await rowsOf('d.jsonl', Buffer.from('{"q": "\xc4\xe3\xba\xc3"}\n', 'latin1'))).toEqual([{ q: '你好' }]);
  // A character of four bytes.
  expect(await rowsOf('d.jsonl', Buffer.from('{"q": "\x90\x30\x81\x30\xc4\xe3"}\n', 'latin1'))).toEqual([
    { q: '\u{10000}你' },
  ]);
});

test('marks of UTF-8 and UTF-16, and UTF-16 without one', async () => {
  const text = 'q,n\n你好 and more of it,1\n';
  const rows = [{ q: '你好 and more of it', n: 1 }];
  expect(await rowsOf('d.csv', `\uFEFF${text}`)).toEqual(rows);
  expect(await rowsOf('d.csv', Buffer.from(`\uFEFF${text}`, 'utf16le'))).toEqual(rows);
  expect(await rowsOf('d.csv', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16())).toEqual(rows);
  expect(await rowsOf('d.csv', Buffer.from('q,n\nplain words,1\n', 'utf16le'))).toEqual([{ q: 'plain words', n: 1 }]);
});

test('mixed encodings, broken bytes and files that are no text are told by line and byte', async () => {
  const mixed = Buffer.concat([
    Buffer.from('{"q": "你好世界"}\n'),
    Buffer.from('{"q": "\xc4\xe3\xba\xc3"}\n', 'latin1'),
  ]);
  const error = await errorOf('d.jsonl', mixed);
  expect(error.code).toBe('LIBRA_DATASET_INVALID');
  expect(error.message).toMatch(/d\.jsonl.*mixed: line 1 \(byte 7\) is UTF-8, line 2 \(byte 29\)/);
  expect((await errorOf('d.jsonl', Buffer.from('{"q": 1}\n{"q": "\xff\xff"}\n', 'latin1'))).message).toMatch(
    /line 2 \(byte 16\) is neither/,
  );
  expect((await errorOf('d.csv', chinese, 'encoding: utf-8, ')).message).toMatch(/line 2 \(byte 4\) is not utf-8/);
  expect((await errorOf('d.jsonl', Buffer.from([1, 0, 0, 7, 9, 0, 0, 255]))).message).toMatch(/no text/);
  expect((await errorOf('d.csv', chinese, 'encoding: klingon, ')).code).toBe('LIBRA_DATASET_INVALID');
});

test('a broken line is named by its number, one very long line is read, an endless one refused', async () => {
  const lines = Array.from({ length: 3000 }, (_, i) => JSON.stringify({ q: `${i}`.repeat(50) }));
  expect((await errorOf('d.jsonl', [...lines.slice(0, 2000), '{"q": ', ...lines].join('\n'))).message).toMatch(
    /line 2001 is not JSON/,
  );
  expect((await errorOf('d.jsonl', '{"q": "a\n{"q": "b"}\n')).message).toMatch(/line 1 is not JSON/);
  const long = 'x'.repeat(20e6);
  const [row] = await rowsOf('d.jsonl', `${JSON.stringify({ q: long })}\n{"q": "short"}\n`);
  expect((row!.q as string).length).toBe(20e6);
  async function* endless() {
    for (;;) yield 'x'.repeat(1000);
  }
  await expect(async () => {
    for await (const _ of linesOf(endless(), 50_000));
  }).rejects.toThrow(/line 1 is longer/);
});

test('CSV fields that run over pieces, with quotes, line breaks and types of the whole column', async () => {
  const cell = `"${'long "" text,\r\nwith breaks '.repeat(200_000)}"`;
  const rows = await rowsOf('d.csv', `a,b,c\r\n${cell},1,x\r\nshort,2.5,\r\n`);
  expect(rows).toHaveLength(2);
  expect((rows[0]!.a as string).length).toBe('long " text,\r\nwith breaks '.length * 200_000);
  expect(pythonStr(rows[0]!.b)).toBe('1.0');
  expect(rows[1]).toEqual({ a: 'short', b: 2.5, c: null });
  expect((await errorOf('d.csv', 'a,b\n1,2\n1,2,3\n')).message).toMatch(/row 2 has 3 fields/);
  expect((await errorOf('d.csv', 'a,b\n1,"2\n')).message).toMatch(/never closed/);
});

test('rows of differing columns have all of them', async () => {
  expect(await rowsOf('d.jsonl', '{"a": 1}\n{"b": {"x": 1}}\n{"b": {"y": 2.5}}\n')).toEqual([
    { a: 1, b: null },
    { a: null, b: { x: expect.anything(), y: null } },
    { a: null, b: { x: null, y: 2.5 } },
  ]);
});
