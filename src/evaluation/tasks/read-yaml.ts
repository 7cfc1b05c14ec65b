/**
 * One task file -> plain values, by the rules of the harness's own reader (YAML 1.1 as PyYAML has it). The only door to YAML in evaluation.
 * `!function` is not run: it becomes a FunctionReference that knows its file and line.
 */
import { readFileSync } from 'node:fs';
import { isScalar, LineCounter, parseDocument, type ScalarTag, Schema, visit } from 'yaml';
import { LibraError, messageOf } from '../../domain/errors.ts';
import { PythonFloat } from '../python/python-value.ts';
import { indentQuotedText } from './indent-quoted-text.ts';
import { readEverydayYaml } from './read-everyday-yaml.ts';
import { FunctionReference, type YamlFields } from './yaml-values.ts';

export { FunctionReference, type YamlFields } from './yaml-values.ts';

/** A task file is some kilobytes; the longest in use are below 0.1 MB. */
const LARGEST_BYTES = 8e6;
/** Levels of nesting that a task file may have. */
const DEEPEST = 64;
/** How many values aliases may stand for; a few lines of them can stand for billions. */
const MOST_ALIASED = 1000;

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
/** 12:30 is 750; the first digit is never 0, else it is text. */
const SEXAGESIMAL: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  format: 'TIME',
  test: /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/,
  resolve: (text) => {
    const [, sign, digits = ''] = /^([-+]?)(.*)$/.exec(text.replaceAll('_', ''))!;
    const value = digits.split(':').reduce((total, part) => total * 60 + Number(part), 0);
    return sign === '-' ? -value : value;
  },
};
const FUNCTION: ScalarTag = { tag: '!function', resolve: (text) => text };

/** Tags of YAML 1.1 that are replaced or left as text. */
const REPLACED = ['bool', 'float', 'timestamp'];

const SCHEMA = new Schema({
  schema: 'yaml-1.1',
  merge: true,
  resolveKnownTags: false,
  customTags: (tags) => [TRUE, FALSE, SEXAGESIMAL, FLOAT, FUNCTION, ...tags.filter((tag) => !isReplaced(tag))],
});

function isReplaced(tag: unknown): boolean {
  const {
    tag: name,
    format,
    test,
  } = tag as { readonly tag?: string; readonly format?: string; readonly test?: RegExp };
  // .inf and .nan are as PyYAML has them.
  if (test?.test('.nan') === true || test?.test('.inf') === true) return false;
  return format === 'TIME' || REPLACED.some((replaced) => name === `tag:yaml.org,2002:${replaced}`);
}

/**
 * @throws LibraError LIBRA_TASK_INVALID with line and column when it is not YAML, or not a mapping
 */
export async function readYaml(file: string): Promise<YamlFields> {
  // There are hundreds of them, each a kilobyte: going through the thread pool for each costs several times the reading.
  return parseYaml(readFileSync(file, 'utf8'), file);
}

export function parseYaml(text: string, file: string): YamlFields {
  if (text.length > LARGEST_BYTES) {
    throw invalid(`${file} is too large for a task file (${(text.length / 1e6).toFixed(1)} MB)`, DATA_ELSEWHERE);
  }
  return readEverydayYaml(text, file) ?? parseAnyYaml(text, file);
}

const DATA_ELSEWHERE = 'Keep data in data files, and name them under `dataset_kwargs.data_files`.';

/** By the complete reader. */
export function parseAnyYaml(text: string, file: string): YamlFields {
  const { document, lineCounter } = parsed(text, file);
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw invalid(
      `${file}:${line}:${col}: ${firstLine(error.message)}`,
      'Correct the YAML at that line and column.',
      error,
    );
  }
  visit(document, {
    Scalar: (_key, node) => {
      if (node.tag !== '!function') return;
      const { line } = lineCounter.linePos(node.range?.[0] ?? 0);
      node.value = new FunctionReference(String(node.value), file, line);
    },
  });
  const fields = isScalar(document.contents) ? null : plainValues(document, file);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw invalid(
      `${file} is not a YAML mapping`,
      'A task file is a mapping of keys such as task, doc_to_text and metric_list.',
    );
  }
  return fields as YamlFields;
}

function parsed(text: string, file: string) {
  refuseDeepNesting(text, file);
  const first = parse(text);
  if (first.document.errors.length === 0) return first;
  const again = parse(indentQuotedText(text));
  return again.document.errors.length === 0 ? again : first;
}

function parse(text: string) {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    schema: SCHEMA as never,
    lineCounter,
    logLevel: 'silent',
    uniqueKeys: false,
  });
  return { document, lineCounter };
}

/** @throws LibraError when its aliases stand for more than anyone wrote */
function plainValues(document: ReturnType<typeof parse>['document'], file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASED });
  } catch (error) {
    throw invalid(`${file}: ${messageOf(error)}`, 'Write out what its aliases (`*name`) stand for.', error);
  }
}

/** The reader goes as deep as the text does; nobody nests a task file like that, and the stack has an end. */
function refuseDeepNesting(text: string, file: string): void {
  let line = 0;
  let brackets = 0;
  for (const one of text.split('\n')) {
    line++;
    for (const character of one) {
      if (character === '[' || character === '{') brackets++;
      else if ((character === ']' || character === '}') && brackets > 0) brackets--;
    }
    const dashes = /^(?: *[-?] )+/.exec(one)?.[0].match(/[-?]/g)?.length ?? 0;
    if (brackets > 1000 || dashes > DEEPEST) {
      throw invalid(`${file}:${line}: it is nested too deep`, 'A task file nests a few levels.');
    }
  }
}

function invalid(message: string, hint: string, cause?: unknown): LibraError {
  return new LibraError('LIBRA_TASK_INVALID', `${message}.`, { hint, ...(cause === undefined ? {} : { cause }) });
}

function firstLine(message: string): string {
  return message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
}
