/** Names, numbers and times as a report says them. */
import type { TrendPointReply, TrendSeriesReply } from '../../daemon/read-trend.ts';
import type { VerdictKind } from '../../domain/trend.ts';
import { rfc3339 } from '../../system/clock.ts';
import type { Tone } from './report-document.ts';
import type { ReportWords } from './report-words.ts';

export const TONES: Readonly<Record<VerdictKind, Tone>> = {
  worse: 'bad',
  suspected: 'warn',
  better: 'good',
  same: 'plain',
  unknown: 'plain',
};

export function titleOf({ capability, name }: TrendSeriesReply, words: ReportWords): string {
  return capability === null ? name.en : name[words.language];
}

export function lastOf(series: TrendSeriesReply): TrendPointReply | undefined {
  return series.points.findLast((point) => point.value !== null);
}

export function sayPoint({ value, ci95: [low, high] }: TrendPointReply, unit: string): string {
  const interval = low === null || high === null ? '' : ` [${sayPlain(low, unit)}, ${sayPlain(high, unit)}]`;
  return `${sayFigure(value!, unit)}${interval}`;
}

/** Per cent for proportions, else four significant digits. */
export function sayFigure(value: number, unit: string): string {
  return unit === 'proportion' ? `${(100 * value).toFixed(1)} %` : String(Number(value.toPrecision(4)));
}

/** `20 %`, `0.5 %`: as beside an axis. */
export function sayShort(value: number, unit: string): string {
  return unit === 'proportion' ? `${Number((100 * value).toFixed(1))} %` : String(Number(value.toPrecision(4)));
}

export function sayPlain(value: number, unit: string): string {
  return unit === 'proportion' ? (100 * value).toFixed(1) : String(Number(value.toPrecision(4)));
}

/** A difference: points for proportions, signed. */
export function sayPoints(value: number, unit: string): string {
  const plain = unit === 'proportion' ? (100 * value).toFixed(1) : String(Number(value.toPrecision(2)));
  return value > 0 ? `+${plain}` : plain;
}

/** `2026-01-02 03:04 UTC`. */
export function sayTime(at: number): string {
  return `${rfc3339(at).slice(0, 16).replace('T', ' ')} UTC`;
}
