/** Every route of the engine's server. */
import type { Route } from '../route.ts';
import { chatRoute } from './chat.ts';
import { completionsRoute } from './completions.ts';
import { healthRoute, modelsRoute } from './models.ts';
import { scoreRoute } from './score.ts';
import { detokenizeRoute, tokenizeRoute } from './tokenize.ts';

export const ROUTES: readonly Route[] = [
  healthRoute,
  modelsRoute,
  tokenizeRoute,
  detokenizeRoute,
  scoreRoute,
  completionsRoute,
  chatRoute,
];
