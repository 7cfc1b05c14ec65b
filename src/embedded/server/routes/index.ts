/** Every route of the engine's server. */
import type { Route } from '../route.ts';
import { chatRoute } from './chat.ts';
import { completionsRoute } from './completions.ts';
import { healthRoute, modelRoute, modelsRoute } from './models.ts';
import { scoreRoute } from './score.ts';
import { detokenizeRoute, tokenizeRoute, tokenizerInfoRoute } from './tokenize.ts';

export const ROUTES: readonly Route[] = [
  healthRoute,
  modelsRoute,
  modelRoute,
  tokenizeRoute,
  detokenizeRoute,
  tokenizerInfoRoute,
  scoreRoute,
  completionsRoute,
  chatRoute,
];
