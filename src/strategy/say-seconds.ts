/** Seconds as a person says them in a sentence: `0.4 s`, `12 s`, `3 min`, `2 h`. */
export function saySeconds(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toPrecision(1))} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
