/** Ways of getting log-probabilities, the best first. */
import type { WireKind } from '../wire.ts';
import { echoLogprobs } from './echo-logprobs.ts';
import { libraScore } from './libra-score.ts';
import { promptLogprobs } from './prompt-logprobs.ts';

export const WIRES: readonly WireKind[] = [libraScore, promptLogprobs, echoLogprobs];
