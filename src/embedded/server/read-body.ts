/** Bodies of requests: read within bounds, one by one and all together, and parsed as a JSON object. */
import type { IncomingMessage } from 'node:http';
import { ApiError, overloaded } from './api-error.ts';
import type { Body } from './fields.ts';

/** Bytes of one body. */
export const LARGEST_BODY = 64 << 20;
/** Bytes of all bodies that are being read or parsed at the same time. */
const ALL_BODIES = 256 << 20;
/** How much of a body that is too large is read on without being kept, so that the client sees the answer and no broken pipe. */
const READ_ON = 4 * LARGEST_BODY;

/** Bytes held by all bodies that are being read. */
let held = 0;

/** @throws ApiError 413 when it is too large, 503 when too many are being read, 415 when it is encoded, 400 when it is no object */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new ApiError(415, 'unsupported_encoding', `the body must not be encoded, and it is ${encoding}`);
  }
  const chunks: Buffer[] = [];
  let [size, kept] = [0, 0];
  let refusal: ApiError | null = null;
  const giveBack = () => {
    held -= kept;
    kept = 0;
    chunks.length = 0;
  };
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LARGEST_BODY)
        refusal = new ApiError(413, 'request_too_large', `a body may have ${LARGEST_BODY} bytes`);
      else if (held + chunk.length > ALL_BODIES) refusal ??= overloaded('too many large requests at once');
      if (refusal === null) {
        chunks.push(chunk);
        kept += chunk.length;
        held += chunk.length;
        continue;
      }
      giveBack();
      if (size > READ_ON) break;
    }
    if (refusal !== null) throw refusal;
    return parseBody(Buffer.concat(chunks));
  } finally {
    giveBack();
  }
}

function parseBody(bytes: Buffer): Body {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ApiError(400, 'invalid_json', 'the body is not JSON');
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body;
  throw new ApiError(400, 'invalid_json', 'the body is not a JSON object');
}
