/** The reference of libra.yaml: every key with its sentence and its default, itself a valid configuration. */
import { stringify } from 'yaml';
import { type ConfigKey, keysOf } from './key-tree.ts';
import { configSchema } from './schema.ts';

const HEAD = `# Every key of libra.yaml with its sentence. A value is the default, unless it says "for example".
# No key must be given, except those of a list's or map's element that say "required".`;

/** Text of fixtures/config/everything.yaml. */
export function referenceText(): string {
  return `${HEAD}\n\n${keysOf(configSchema)
    .map((key) => entry(key, ''))
    .join('\n')}`;
}

function entry(key: ConfigKey, indent: string): string {
  return `${indent}# ${key.sentence}${remark(key)}\n${value(key, indent)}`;
}

const entries = (keys: readonly ConfigKey[], indent: string): string => keys.map((key) => entry(key, indent)).join('');

function value(key: ConfigKey, indent: string): string {
  const deeper = `${indent}  `;
  if (key.variants.length > 0) {
    const shapes = key.variants.map((keys) => `${deeper}${keys[0]?.choices[0]}:\n${entries(keys, `${deeper}  `)}`);
    return `${indent}${key.name}:\n${shapes.join('')}`;
  }
  if (key.kind === 'object') return `${indent}${key.name}:\n${entries(key.keys, deeper)}`;
  if (key.kind === 'list' && key.keys.length > 0)
    return `${indent}${key.name}:\n${deeper}-\n${entries(key.keys, `${deeper}  `)}`;
  const shown = key.note.example ?? (isConstant(key) ? key.choices[0] : key.default);
  return stringify({ [key.name]: shown }, { lineWidth: 0 }).replaceAll(/^(?=.)/gm, indent);
}

/** Says when the value below is no default. */
function remark(key: ConfigKey): string {
  if (key.variants.length > 0 || (key.kind === 'list' && key.keys.length > 0)) return ' For example:';
  if (key.kind === 'object') return key.isNullable ? ' Default: null; for example:' : '';
  const choices = key.choices.length > 1 ? ` One of ${key.choices.join(', ')}.` : '';
  if (isConstant(key)) return '';
  if (key.default === undefined) return `${choices} Required; for example:`;
  return key.note.example === undefined ? choices : `${choices} Default: ${JSON.stringify(key.default)}; for example:`;
}

const isConstant = (key: ConfigKey): boolean => key.choices.length === 1 && key.default === undefined;
