/** How the tables of an evaluation are shown, and their numbers. */
import type { Palette } from '../terminal/color.ts';

export interface ScoresLook {
  readonly palette: Palette;
  /** Columns of the screen; undefined in a pipe. */
  readonly width: number | undefined;
  readonly isExplained: boolean;
}

export function shownValue(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 1000 ? value.toPrecision(5) : value.toFixed(4);
}
