/** What is asked of a server whose wire is recorded, and asked again of the recording: both languages, every kind, the awkward cases. */
import type { LanguageModel } from '../../src/domain/language-model.ts';
import type {
  GenerateUntilRequest,
  GenerateUntilResponse,
  LoglikelihoodRequest,
  LoglikelihoodResponse,
  LoglikelihoodRollingRequest,
  LoglikelihoodRollingResponse,
} from '../../src/domain/request.ts';
import { answersOnly } from '../fakes/answers-only.ts';

const pairs: readonly (readonly [string, readonly string[]])[] = [
  ['The cat sat on the', [' mat', ' moon', ' mat and looked at the dog']],
  ['Q: 3 + 4\nA:', [' 7', ' 8']],
  ['红色的反义词是', ['绿色', '快', '。']],
  // White space at the end of a context belongs to the continuation; without a context the text starts the sequence.
  ['A context with space ', ['after', 'behind it']],
  ['', ['The first words', '开头']],
  ['emoji 🙂 and 混合', [' text', '🙂']],
];
const long = Array.from({ length: 90 }, (_, at) => `number ${at} `).join('');

export const SCORED: readonly LoglikelihoodRequest[] = [
  ...pairs.flatMap(([context, continuations]) =>
    continuations.map((continuation) => ({ type: 'loglikelihood', context, continuation }) as const),
  ),
  // Longer than the model: cut on the left.
  { type: 'loglikelihood', context: long, continuation: ' the end' },
];

export const ROLLED: readonly LoglikelihoodRollingRequest[] = ['The cat sat on the mat.', '今天天气很好。', long].map(
  (text) => ({ type: 'loglikelihood_rolling', text }),
);

export const GENERATED: readonly GenerateUntilRequest[] = ['Q: 3 + 4\nA:', 'Q: 12 + 5\nA:', '红色的反义词是', long].map(
  (context) => ({ type: 'generate_until', context, until: ['\n', '。'], maxGenToks: 12, temperature: 0 }),
);

export interface WireAnswers {
  readonly scored: readonly LoglikelihoodResponse[];
  readonly rolled: readonly LoglikelihoodRollingResponse[];
  readonly generated: readonly GenerateUntilResponse[];
}

export async function askEverything(model: LanguageModel): Promise<WireAnswers> {
  return {
    scored: answersOnly(await model.loglikelihood(SCORED)),
    rolled: answersOnly(await model.loglikelihoodRolling(ROLLED)),
    generated: answersOnly(await model.generateUntil(GENERATED)),
  };
}
