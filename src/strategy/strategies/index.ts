/** The strategies there are. */
import type { Strategy } from '../strategy.ts';
import { adaptive } from './adaptive.ts';
import { fixed } from './fixed.ts';
import { smoke } from './smoke.ts';
import { staged } from './staged.ts';

export const STRATEGIES: readonly Strategy[] = [fixed, smoke, staged, adaptive];
