/** The strategies there are. */
import type { Strategy } from '../strategy.ts';
import { fixed } from './fixed.ts';
import { smoke } from './smoke.ts';

export const STRATEGIES: readonly Strategy[] = [fixed, smoke];
