/** A response as a short text that shows when it was damaged. Pure. */
import { crc32 } from 'node:zlib';
import type { Response } from '../domain/request.ts';

/** `CHECKSUM [fields]`; the checksum covers the key too, so that an answer never stands in for another. */
export function packResponse(key: string, response: Response): string {
  const fields = JSON.stringify(
    'text' in response
      ? [response.text, response.tokens, response.finishReason]
      : 'isGreedy' in response
        ? [response.logprob, response.tokens, response.isGreedy]
        : [response.logprob, response.tokens],
  );
  return `${checksum(key, fields)} ${fields}`;
}

/** Null when it is not what was packed under this key. */
export function unpackResponse(key: string, packed: string): Response | null {
  const end = packed.indexOf(' ');
  const fields = packed.slice(end + 1);
  if (end < 0 || packed.slice(0, end) !== checksum(key, fields)) return null;
  const [value, tokens, last] = JSON.parse(fields) as [string | number, number, ('stop' | 'length' | boolean)?];
  if (typeof value === 'string') return { text: value, tokens, finishReason: last as 'stop' | 'length' };
  return last === undefined ? { logprob: value, tokens } : { logprob: value, tokens, isGreedy: last as boolean };
}

function checksum(key: string, fields: string): string {
  return crc32(`${key} ${fields}`).toString(36);
}
