/** Values as text, as Jinja's filters and Python's `%` write them. */
import { canonicalJson } from '../../system/json.ts';
import { lengthOf, stripEnd } from '../python/python-text.ts';
import { numberIn, PythonTuple, pythonRepr, pythonStr } from '../python/python-value.ts';
import { boundedLength, TemplateError } from './template-scope.ts';

type Keywords = Readonly<Record<string, unknown>>;

/** `"%s of %05.1f" % (a, b)`. */
export function formatText(pattern: string, values: unknown): string {
  const items = values instanceof PythonTuple ? [...values.items] : [values];
  const text = pattern.replace(
    /%([-0+ ]*)(\d{1,4})?(?:\.(\d{1,2}))?([sdirfeg%])/g,
    (_whole, flags: string, width: string | undefined, digits: string | undefined, kind: string) => {
      if (kind === '%') return '%';
      if (items.length === 0) throw new TemplateError('not enough values for the format');
      const written = formatOne(kind, items.shift(), digits);
      const signed = flags.includes('+') && /^\d/.test(written) && 'difeg'.includes(kind) ? `+${written}` : written;
      if (flags.includes('-')) return signed.padEnd(Number(width ?? 0));
      if (!flags.includes('0') || !'difeg'.includes(kind)) return signed.padStart(Number(width ?? 0));
      const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(signed)!;
      return sign + rest.padStart(Number(width ?? 0) - sign.length, '0');
    },
  );
  if (items.length > 0) throw new TemplateError('more values than the format has places for');
  return text;
}

function formatOne(kind: string, value: unknown, digits: string | undefined): string {
  if (kind === 'r') return pythonRepr(value);
  if (kind === 's')
    return digits === undefined ? pythonStr(value) : [...pythonStr(value)].slice(0, Number(digits)).join('');
  const number = numberIn(value);
  if (number === undefined) throw new TemplateError(`%${kind} takes a number, not ${pythonRepr(value)}`);
  if (kind === 'd' || kind === 'i') return String(Math.trunc(number));
  if (kind === 'f') return number.toFixed(Number(digits ?? 6));
  const written =
    kind === 'e' ? number.toExponential(Number(digits ?? 6)) : String(Number(number.toPrecision(Number(digits ?? 6))));
  return written.replace(/e([-+])(\d)$/, 'e$10$2');
}

/** To the nearest whole number; a half goes to the even one, as Python rounds. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** `json.dumps(value, sort_keys=True)`, and the characters HTML would take amiss escaped, as Jinja does. */
export function jsonText(value: unknown, indent: number | null): string {
  const dump = (inner: unknown, depth: number): string => {
    if (inner === null || typeof inner !== 'object') return JSON.stringify(inner);
    const isList = Array.isArray(inner);
    const parts = isList
      ? inner.map((item) => dump(item, depth + 1))
      : Object.entries(inner).map(([key, member]) => `${JSON.stringify(key)}: ${dump(member, depth + 1)}`);
    const [open, close] = isList ? '[]' : '{}';
    if (parts.length === 0) return `${open}${close}`;
    if (indent === null) return `${open}${parts.join(', ')}${close}`;
    const line = (level: number) => `\n${' '.repeat(indent * level)}`;
    return open + line(depth + 1) + parts.join(`,${line(depth + 1)}`) + line(depth) + close;
  };
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return dump(JSON.parse(canonicalJson(value)), 0)
    .replace(/[\u007f-\uffff]/g, escaped)
    .replace(/[<>&']/g, escaped);
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => HTML[one]!);
}

/** `truncate(length=255, killwords=False, end='...', leeway=5)`. */
export function truncated(text: string, args: readonly unknown[], keywords: Keywords): string {
  const length = numberIn(args[0] ?? keywords.length) ?? 255;
  const cutsWords = Boolean(args[1] ?? keywords.killwords ?? false);
  const end = pythonStr(args[2] ?? keywords.end ?? '...');
  const leeway = numberIn(args[3] ?? keywords.leeway) ?? 5;
  if (lengthOf(text) <= length + leeway) return text;
  const kept = [...text].slice(0, length - lengthOf(end)).join('');
  const space = kept.lastIndexOf(' ');
  return (cutsWords || space < 0 ? kept : kept.slice(0, space)) + end;
}

/** `indent(width=4, first=False, blank=False)`. */
export function indented(text: string, args: readonly unknown[], keywords: Keywords): string {
  const width = args[0] ?? keywords.width ?? 4;
  const gap = typeof width === 'string' ? width : ' '.repeat(boundedLength(numberIn(width) ?? 4));
  const isFirst = Boolean(args[1] ?? keywords.first ?? false);
  const isBlank = Boolean(args[2] ?? keywords.blank ?? false);
  const [first = '', ...rest] = text.split('\n');
  const lines = rest.map((line) => (isBlank || stripEnd(line) !== '' ? gap + line : line));
  return [isFirst ? gap + first : first, ...lines].join('\n');
}
