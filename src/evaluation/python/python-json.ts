/** `json.dumps(value, indent=2, ensure_ascii=False)`: the harness hashes docs in this form, so equal hashes mean equal docs. */
import { isDict, PythonFloat, PythonTuple, pythonRepr } from './python-value.ts';

export function pythonJson(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || value instanceof PythonFloat) {
    const number = pythonRepr(value);
    return { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' }[number] ?? number;
  }
  if (value instanceof PythonTuple) return pythonJson(value.items, depth);
  const gap = `\n${'  '.repeat(depth + 1)}`;
  const end = `\n${'  '.repeat(depth)}`;
  if (Array.isArray(value)) {
    return value.length === 0
      ? '[]'
      : `[${gap}${value.map((item) => pythonJson(item, depth + 1)).join(`,${gap}`)}${end}]`;
  }
  if (!isDict(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${JSON.stringify(key)}: ${pythonJson(inner, depth + 1)}`,
  );
  return entries.length === 0 ? '{}' : `{${gap}${entries.join(`,${gap}`)}${end}}`;
}
