/** How figures and times are written. */
import { language } from './settings.ts';

const locale = () => (language.get() === 'zh' ? 'zh-CN' : 'en-GB');

export function count(value: number | null): string {
  return value === null ? '–' : value.toLocaleString(locale());
}

/** 49 152 000 -> 49.2M, 4915 万: short enough for a row. */
export function short(value: number | null): string {
  if (value === null) return '–';
  return value.toLocaleString(locale(), { notation: 'compact', maximumFractionDigits: 1 });
}

/** As its unit wants it: a proportion in per cent, anything else in four digits. */
export function figure(value: number | null, unit: string): string {
  if (value === null) return '–';
  if (unit === 'proportion') return `${(value * 100).toFixed(1)} %`;
  return String(Number(value.toPrecision(4)));
}

/** A difference with its sign, in points where the unit is a proportion. */
export function difference(value: number | null, unit: string): string {
  if (value === null) return '–';
  const text = unit === 'proportion' ? (value * 100).toFixed(1) : String(Number(value.toPrecision(3)));
  return value > 0 ? `+${text}` : text.replace('-', '−');
}

export function interval([low, high]: readonly [number | null, number | null], unit: string): string {
  return low === null || high === null ? '' : `[${bare(low, unit)}, ${bare(high, unit)}]`;
}

/** A p-value as people read it. */
export function probability(value: number | null): string {
  if (value === null) return '–';
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}

function bare(value: number, unit: string): string {
  const text = unit === 'proportion' ? (value * 100).toFixed(1) : String(Number(value.toPrecision(3)));
  return text.replace('-', '−');
}

export function time(at: string | null): string {
  if (at === null) return '–';
  return new Date(at).toLocaleString(locale(), { dateStyle: 'short', timeStyle: 'medium' });
}

export function seconds(value: number | null): string {
  if (value === null) return '–';
  if (value < 90) return `${Number(value.toFixed(1))} s`;
  return value < 5400 ? `${Math.round(value / 60)} min` : `${(value / 3600).toFixed(1)} h`;
}

export function bytes(value: number | null): string {
  if (value === null) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = value <= 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

/** A metric of 0 to 1 by its name and value: what an alert's members do not say themselves. */
export function unitOf(metric: string, value: number | null): string {
  return metric === 'score' || (value !== null && value >= 0 && value <= 1 && !/bits|perplexity/.test(metric))
    ? 'proportion'
    : '';
}
