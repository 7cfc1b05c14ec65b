/**
 * Shares of the data mix, as a run logs them: `data_mix: {zh: 0.5}` or `data_mix_zh: 0.5` in a log entry, or a data_mix.jsonl
 * whose lines say from which step on a mix held: {"from_step": 1, "to_step": 900, "shares": {"zh": 0.5, "en": 0.5}}.
 */

export type DataMix = Readonly<Record<string, number>>;

interface MixPhase {
  readonly from: number;
  /** Last step of the phase; null: until the next one begins. */
  readonly to: number | null;
  readonly shares: DataMix;
}

/** The mix a log entry carries, or null. */
export function dataMixOfEntry(entry: Readonly<Record<string, unknown>>): DataMix | null {
  const whole = sharesOf(entry.data_mix);
  if (whole) return whole;
  const prefix = /^data_mix[_/.](.+)$/;
  const parts = Object.entries(entry).flatMap(([key, value]) => {
    const name = prefix.exec(key)?.[1];
    return name !== undefined && typeof value === 'number' ? [[name, value] as const] : [];
  });
  return parts.length > 0 ? Object.fromEntries(parts) : null;
}

/** Phases of a data_mix.jsonl, in order of step; lines that are torn or say something else are left out. */
export function parseDataMix(text: string): readonly MixPhase[] {
  const phases: MixPhase[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    let value: Record<string, unknown> | null;
    try {
      value = JSON.parse(line) as Record<string, unknown> | null;
    } catch {
      continue;
    }
    const from = value?.from_step ?? value?.step;
    const shares = sharesOf(value?.shares ?? value?.data_mix ?? value?.mix);
    if (typeof from !== 'number' || !shares) continue;
    phases.push({ from, to: typeof value?.to_step === 'number' ? value.to_step : null, shares });
  }
  return phases.sort((a, b) => a.from - b.from);
}

/** The mix in force at a step; null outside of every phase. */
export function dataMixAt(phases: readonly MixPhase[], step: number): DataMix | null {
  const phase = phases.findLast(({ from }) => from <= step);
  return phase && (phase.to === null || step <= phase.to) ? phase.shares : null;
}

function sharesOf(value: unknown): DataMix | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const shares = Object.entries(value).filter((pair): pair is [string, number] => typeof pair[1] === 'number');
  return shares.length > 0 ? Object.fromEntries(shares) : null;
}
