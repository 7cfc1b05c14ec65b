/**
 * One task file -> plain values, by the rules of the harness's own reader (YAML 1.1 as PyYAML has it). The only door to YAML in evaluation.
 * `!function` is not run: it becomes a FunctionReference that knows its file and line.
 */
import { readFile } from 'node:fs/promises';
import { isScalar, LineCounter, parseDocument, type ScalarTag, visit } from 'yaml';
import { LibraError } from '../domain/errors.ts';
import { indentQuotedText } from './indent-quoted-text.ts';
import { PythonFloat } from './python/python-value.ts';

/** A Python function named by a task file; Libra runs no Python. */
export class FunctionReference {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  constructor(name: string, file: string, line: number) {
    this.name = name;
    this.file = file;
    this.line = line;
  }
}

export type YamlFields = Readonly<Record<string, unknown>>;

/** PyYAML knows yes/no/on/off, but not y/n. */
const TRUE: ScalarTag = {
  identify: (value) => value === true,
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/,
  resolve: () => true,
};
const FALSE: ScalarTag = {
  identify: (value) => value === false,
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/,
  resolve: () => false,
};
/** 1.0 stays a float: versions and few-shot samples show it as "1.0". PyYAML's floats need a dot. */
const FLOAT: ScalarTag = {
  identify: (value) => value instanceof PythonFloat,
  default: true,
  tag: 'tag:yaml.org,2002:float',
  test: /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/,
  resolve: (text) => {
    const value = Number(text.replaceAll('_', ''));
    return Number.isInteger(value) ? new PythonFloat(value) : value;
  },
};
const FUNCTION: ScalarTag = { tag: '!function', resolve: (text) => text };

/** Tags of YAML 1.1 that are replaced or left as text. */
const REPLACED = ['bool', 'float', 'timestamp'];

/**
 * @throws LibraError LIBRA_TASK_INVALID with line and column when it is not YAML, or not a mapping
 */
export async function readYaml(file: string): Promise<YamlFields> {
  return parseYaml(await readFile(file, 'utf8'), file);
}

export function parseYaml(text: string, file: string): YamlFields {
  let parsed = parse(text);
  if (parsed.document.errors.length > 0) {
    const again = parse(indentQuotedText(text));
    if (again.document.errors.length === 0) parsed = again;
  }
  const { document, lineCounter } = parsed;
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new LibraError('LIBRA_TASK_INVALID', `${file}:${line}:${col}: ${firstLine(error.message)}`, {
      hint: 'Correct the YAML at that line and column.',
      cause: error,
    });
  }
  visit(document, {
    Scalar: (_key, node) => {
      if (node.tag !== '!function') return;
      const { line } = lineCounter.linePos(node.range?.[0] ?? 0);
      node.value = new FunctionReference(String(node.value), file, line);
    },
  });
  const fields: unknown = isScalar(document.contents) ? null : document.toJS({ maxAliasCount: 1000 });
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new LibraError('LIBRA_TASK_INVALID', `${file} is not a YAML mapping.`, {
      hint: 'A task file is a mapping of keys such as task, doc_to_text and metric_list.',
    });
  }
  return fields as YamlFields;
}

function parse(text: string) {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    lineCounter,
    merge: true,
    logLevel: 'silent',
    uniqueKeys: false,
    customTags: (tags) => [
      TRUE,
      FALSE,
      FLOAT,
      FUNCTION,
      ...tags.filter(
        (tag) =>
          typeof tag === 'string' ||
          !REPLACED.some((name) => tag.tag === `tag:yaml.org,2002:${name}`) ||
          isSpecialFloat(tag),
      ),
    ],
  });
  return { document, lineCounter };
}

/** The tag for .inf and .nan. */
function isSpecialFloat(tag: unknown): boolean {
  const { test } = tag as { readonly test?: RegExp };
  return test?.test('.nan') === true || test?.test('.inf') === true;
}

function firstLine(message: string): string {
  return message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
}
