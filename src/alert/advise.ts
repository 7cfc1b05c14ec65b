/** What to try: every pattern that the drop and the telemetry support, the surest first; none where the telemetry says nothing. */
import type { Advice, AlertMember, TelemetryAround } from '../domain/alert.ts';
import { FALLBACK_PATTERNS, PATTERNS } from './patterns/index.ts';

export interface AdviseInput {
  readonly members: readonly AlertMember[];
  readonly isBroad: boolean;
  readonly isSudden: boolean;
  readonly telemetry: TelemetryAround | null;
  readonly lastGood: { readonly step: number; readonly path: string } | null;
  readonly languageOf: Readonly<Record<string, string>>;
  /** Of training, where it is known. */
  readonly stage?: string | null;
}

const ORDER = { high: 0, medium: 1, low: 2 } as const;

export function advise(input: AdviseInput): Advice[] {
  const { telemetry } = input;
  if (!telemetry) return [];
  const suggestions = (patterns: typeof PATTERNS) =>
    patterns
      .map((pattern) => pattern({ ...input, telemetry, stage: input.stage ?? null }))
      .filter((advice) => advice !== null);
  const specific = suggestions(PATTERNS);
  const found = specific.length ? specific : suggestions(FALLBACK_PATTERNS);
  return found.sort((a, b) => ORDER[a.confidence] - ORDER[b.confidence]);
}
