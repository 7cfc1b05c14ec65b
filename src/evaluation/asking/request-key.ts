/** What makes two requests the same question: a key that is equal for equal requests, whatever task or doc they come from. */

import type { Request } from '../../domain/request.ts';
import { sha256 } from '../../system/hash.ts';

/** Raise it when the same request comes to be asked in another way (other cutting, other tokens). */
const ASKING_RULES = 2;

/** A hex SHA-256 each; null for a question whose answer is drawn by lot, which must be asked every time. */
export function requestKeys(requests: readonly Request[]): (string | null)[] {
  // Neighbours share their context, which is nearly all of a request: it is hashed once for all of them.
  let last = { context: '', hash: '' };
  const hashOf = (context: string): string => {
    if (last.hash === '' || context !== last.context) last = { context, hash: sha256(JSON.stringify(context)) };
    return last.hash;
  };
  return requests.map((request) => {
    const asked = partsOf(request, hashOf);
    return asked === null ? null : sha256(JSON.stringify([ASKING_RULES, request.type, ...asked]));
  });
}

function partsOf(request: Request, hashOf: (context: string) => string): readonly unknown[] | null {
  switch (request.type) {
    case 'loglikelihood':
      return [hashOf(request.context), request.continuation];
    case 'loglikelihood_rolling':
      return [request.text];
    case 'generate_until': {
      const { context, until, maxGenToks, temperature, topP = null, seed = null } = request;
      return temperature > 0 ? null : [hashOf(context), until, maxGenToks, temperature, topP, seed];
    }
  }
}
