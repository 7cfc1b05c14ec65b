/** Responses without what answering took: that is another on every run. */
import type { Response } from '../../src/domain/request.ts';

export function answersOnly<Answered extends Response>(responses: readonly Answered[]): Answered[] {
  return responses.map(({ timing: _timing, promptTokens: _promptTokens, ...answer }) => answer as Answered);
}
