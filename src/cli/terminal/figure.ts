/** Numbers as tables show them. */

/** Four decimals, five digits from a thousand on; a dash where there is no number. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 1000 ? value.toPrecision(5) : value.toFixed(4);
}
