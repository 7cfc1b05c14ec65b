/** A response as a short text that shows when it was damaged. Pure. */
import { crc32 } from 'node:zlib';
import type { Response } from '../../domain/request.ts';

/** `CHECKSUM [fields]`; the checksum covers the key too, so that an answer never stands in for another. */
export function packResponse(key: string, response: Response): string {
  const own =
    'text' in response
      ? [response.text, response.tokens, response.finishReason]
      : [response.logprob, response.tokens, 'isGreedy' in response ? response.isGreedy : null];
  const fields = JSON.stringify(response.isCut ? [...own, 'cut'] : own);
  return `${checksum(key, fields)} ${fields}`;
}

/** Null when it is not what was packed under this key. */
export function unpackResponse(key: string, packed: string): Response | null {
  const end = packed.indexOf(' ');
  const fields = packed.slice(end + 1);
  if (end < 0 || packed.slice(0, end) !== checksum(key, fields)) return null;
  const [value, tokens, last, cut] = JSON.parse(fields) as [
    string | number,
    number,
    'stop' | 'length' | boolean | null,
    'cut'?,
  ];
  const isCut = cut === 'cut' ? { isCut: true } : {};
  if (typeof value === 'string') return { text: value, tokens, finishReason: last as 'stop' | 'length', ...isCut };
  return typeof last === 'boolean' ? { logprob: value, tokens, isGreedy: last, ...isCut } : { logprob: value, tokens };
}

function checksum(key: string, fields: string): string {
  return crc32(`${key} ${fields}`).toString(36);
}
