import { expect, test } from 'vitest';
import { PythonFloat } from '../../src/evaluation/python/python-value.ts';
import { FunctionReference, parseYaml } from '../../src/evaluation/tasks/read-yaml.ts';

// What PyYAML's SafeLoader makes of each value.
test.each([
  ['yes', true],
  ['Off', false],
  ['y', 'y'],
  ['n', 'n'],
  ['1.0', new PythonFloat(1)],
  ['-0.5', -0.5],
  ['1.5e+3', new PythonFloat(1500)],
  ['1e3', '1e3'],
  ['1.5e3', '1.5e3'],
  ['010', 8],
  ['0x1F', 31],
  ['1_000', 1000],
  ['12:30', 750],
  ['2024-01-01', '2024-01-01'],
  ['.inf', Number.POSITIVE_INFINITY],
  ['~', null],
  ['"yes"', 'yes'],
])('%s is read as PyYAML reads it', (written, value) => {
  expect(parseYaml(`key: ${written}\n`, 'file').key).toEqual(value);
});

test('merge keys, block text, and quoted text at any indentation', () => {
  const fields = parseYaml(
    `base: &base {a: 1}
own: {<<: *base, b: 2}
folded: >-
  one
  "two
samples:
  - text: "first line
  second: line # no comment

third \\" line"
    more: 'it''s
over'
`,
    'file',
  );
  expect(fields).toEqual({
    base: { a: 1 },
    own: { a: 1, b: 2 },
    folded: 'one "two',
    samples: [{ text: 'first line second: line # no comment\nthird " line', more: "it's over" }],
  });
});

test('a Python function keeps its name, file and line', () => {
  const fields = parseYaml('task: a\nlist:\n  - !function utils.clean\n', 'dir/a.yaml');
  expect(fields.list).toEqual([new FunctionReference('utils.clean', 'dir/a.yaml', 3)]);
});

test('what is no YAML is told with line and column', () => {
  expect(() => parseYaml('a: 1\nb: [1, 2\nc: 3\n', 'a.yaml')).toThrow(/^a\.yaml:3:\d+: /);
  expect(() => parseYaml('- a\n', 'a.yaml')).toThrow(/not a YAML mapping/);
});
