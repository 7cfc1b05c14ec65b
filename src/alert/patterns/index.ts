/** The catalogue of patterns, the most specific first. */
import type { Pattern } from '../pattern.ts';
import { dataPhase } from './data-phase.ts';
import { domainShare } from './domain-share.ts';
import { formatLost } from './format-lost.ts';
import { mixShare } from './mix-share.ts';
import { suddenInstability } from './sudden-instability.ts';
import { tuningTax } from './tuning-tax.ts';

export const PATTERNS: readonly Pattern[] = [suddenInstability, mixShare, domainShare, formatLost, tuningTax];

/** Tried only where none of the others fits. */
export const FALLBACK_PATTERNS: readonly Pattern[] = [dataPhase];
