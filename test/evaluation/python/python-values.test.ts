import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePythonLiteral } from '../../../src/evaluation/python/python-literal.ts';
import { compilePythonRegex, findAll, substitute } from '../../../src/evaluation/python/python-regex.ts';
import { countWords, lengthOf, split, strip } from '../../../src/evaluation/python/python-text.ts';
import { PythonFloat, PythonTuple, pythonEquals, pythonRepr } from '../../../src/evaluation/python/python-value.ts';

// Expected values were printed by CPython 3.11.
test('repr of floats, strings and containers is Python’s', () => {
  const numbers = [1e-5, 1e-4, 1.5e-7, 1.2345678901234568e17, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 1234567.875];
  expect(numbers.map((value) => pythonRepr(new PythonFloat(value)))).toEqual([
    '1e-05',
    '0.0001',
    '1.5e-07',
    '1.2345678901234568e+17',
    '0.30000000000000004',
    '5e-324',
    '1.7976931348623157e+308',
    '1234567.875',
  ]);
  expect([1e16, 1e15, 100, -0].map((value) => pythonRepr(new PythonFloat(value)))).toEqual([
    '1e+16',
    '1000000000000000.0',
    '100.0',
    '-0.0',
  ]);
  expect(pythonRepr("it's")).toBe(`"it's"`);
  expect(pythonRepr('a"b\'c')).toBe(`'a"b\\'c'`);
  expect(pythonRepr('\x00\x7f\xa0\u200b\u2028é😀\u{e0001}')).toBe("'\\x00\\x7f\\xa0\\u200b\\u2028é😀\\U000e0001'");
  expect(pythonRepr('tab\tnl\n\\')).toBe("'tab\\tnl\\n\\\\'");
  expect(pythonRepr([1, true, null, { a: [] }, new PythonTuple(['x'])])).toBe("[1, True, None, {'a': []}, ('x',)]");
});

test('a literal reads back what repr wrote', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('node')),
      fc.dictionary(fc.string(), tie('node'), { noNullPrototype: true }),
    ),
  })).node;
  fc.assert(fc.property(value, (one) => pythonEquals(parsePythonLiteral(pythonRepr(one)), one)));
});

test('literals: adjacent strings, tuples, prefixes; anything else is refused', () => {
  expect(parsePythonLiteral(`['a' "b", r'\\n', 'it\\'s', """x""", '\\u00e9\\x41']`)).toEqual([
    'ab',
    '\\n',
    "it's",
    'x',
    'éA',
  ]);
  expect(parsePythonLiteral("('a',)")).toEqual(new PythonTuple(['a']));
  expect(parsePythonLiteral('[1.0, -2, 1e3]')).toEqual([new PythonFloat(1), -2, new PythonFloat(1000)]);
  for (const wrong of ['[1, 2', "__import__('os')", 'a', '[1 2]', "'open", '007']) {
    expect(() => parsePythonLiteral(wrong), wrong).toThrow(SyntaxError);
  }
});

test('regular expressions find what Python’s find', () => {
  const found = (pattern: string, text: string) => findAll(compilePythonRegex(pattern), text);
  expect(found('(\\-?[0-9\\.\\,]+)', '#### 1,234. x -5')).toEqual(['1,234.', '-5']);
  expect(found('(a)|(b)', 'ab')).toEqual([
    ['a', ''],
    ['', 'b'],
  ]);
  expect(found('end$', 'the end\n')).toEqual(['end']);
  expect(found('\\w+', 'été 山川_x1')).toEqual(['été', '山川_x1']);
  expect(found('\\bx\\b', '山x x')).toEqual(['x']);
  expect(found('[^\\]]+', 'a]b')).toEqual(['a', 'b']);
  expect(found('a{,2}', 'aaa')).toEqual(['aa', 'a', '']);
  expect(found('(?i)ANSWER\\s*:\\s*(.)', 'answer : B')).toEqual(['B']);
  expect(found('x{y}', 'x{y}')).toEqual(['x{y}']);
  expect(found('\\d', '٣3')).toEqual(['٣', '3']);
  expect(substitute(compilePythonRegex('(?P<n>\\d+)'), '<\\g<n>\\1>', 'a12b')).toBe('a<1212>b');
  expect(() => compilePythonRegex('(unclosed')).toThrow(SyntaxError);
  expect(() => compilePythonRegex('(?x) a b')).toThrow(/Verbose/);
});

test('lengths are code points, words are what re.split leaves, strip knows every space', () => {
  expect(lengthOf('a😀山')).toBe(3);
  expect([countWords(' a b\n'), countWords('山川'), countWords('')]).toEqual([4, 1, 1]);
  expect(strip('\u3000\u00a0 x\x1f')).toBe('x');
  expect(strip('xxaxx', 'x')).toBe('a');
  expect(split(' a  b c ')).toEqual(['a', 'b', 'c']);
  expect(split('a b  c', null, 1)).toEqual(['a', 'b  c']);
  expect(split('a,b,c', ',', 1)).toEqual(['a', 'b,c']);
});
