/** Templates give what Jinja gives: recorded from lm-evaluation-harness by record.py beside this file. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { compileTemplate } from '../../../src/evaluation/template/render-template.ts';

const { doc, recorded } = JSON.parse(readFileSync(new URL('jinja.json', import.meta.url), 'utf8')) as {
  readonly doc: Readonly<Record<string, unknown>>;
  readonly recorded: readonly { readonly template: string; readonly text?: string; readonly error?: string }[];
};

describe('every recorded template', () => {
  test.each(recorded.filter(({ text }) => text !== undefined))('$template', ({ template, text }) => {
    expect(compileTemplate(template)(doc)).toBe(text);
  });

  test.each(recorded.filter(({ error }) => error !== undefined))(
    '$template is an error there and here',
    ({ template }) => {
      expect(() => compileTemplate(template)(doc)).toThrow();
    },
  );
});

it('says in which line a template is wrong', () => {
  expect(() => compileTemplate('a\nb {{ q }}\n{% if q %}\nc')).toThrow(/^line 3: .*endif/);
  expect(() => compileTemplate('a\n{{ q\n')).toThrow(/^line 2: .*\}\}/);
  expect(() => compileTemplate('\n\n{{ q || 1 }}')).toThrow(/^line 3: /);
  expect(() => compileTemplate("a\n{{ 'a }}")).toThrow(/^line 2: the quote ' is never closed/);
});

it('ends what would not end, and makes nothing huge', () => {
  const render = (template: string) => () => compileTemplate(template)({});
  expect(render('{% for i in range(10 ** 9) %}{% endfor %}')).toThrow(/range\(\)/);
  expect(render('{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}')).toThrow(
    /million steps/,
  );
  expect(render('{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}')).toThrow(/without end/);
  expect(render('{{ "a" * 10 ** 9 }}')).toThrow(/characters or items/);
  expect(
    render('{% set n = namespace(s="aaaa") %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}{{ n.s }}'),
  ).toThrow(/characters or items/);
  expect(render(`{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`)).toThrow(/nested too deep/);
  expect(render(`{{ ${'not '.repeat(200_000)} 1 }}`)).toThrow(/too deep/);
  expect(render('{{ "a".constructor("return 1")() }}')).toThrow();
});
