/** Tasks ask for answers longer than some models can give: then as many tokens are asked as leave half of the model to the question. */
import type { Request } from '../../domain/request.ts';
import type { Task } from '../task.ts';

/** Tokens asked of a model that reads `maxLength`; null when it does not say. */
export function answerLength(maxGenToks: number, maxLength: number | null): number {
  return maxLength === null || maxGenToks < maxLength ? maxGenToks : Math.max(1, Math.floor(maxLength / 2));
}

export function fitAnswers(requests: readonly Request[], maxLength: number | null): readonly Request[] {
  const first = requests[0];
  if (first?.type !== 'generate_until') return requests;
  const maxGenToks = answerLength(first.maxGenToks, maxLength);
  return maxGenToks === first.maxGenToks
    ? requests
    : requests.map((request) => ({ ...request, maxGenToks }) as Request);
}

/** What to say of it; null when the task's answers fit. */
export function shorterAnswers(task: Task, maxLength: number | null): string | null {
  const { outputType, generation } = task.settings;
  const asked = answerLength(generation.maxGenToks, maxLength);
  if (outputType !== 'generate_until' || asked === generation.maxGenToks) return null;
  return `${task.summary.name}: answers may have ${asked} tokens, not the ${generation.maxGenToks} of max_gen_toks, because the model reads ${maxLength}`;
}
