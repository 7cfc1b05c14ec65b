/** Durations, sizes and shares as people write them: `30s`, `20GB`, `10%`. */
import { z } from 'zod';

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Milliseconds of `1h30m`, `90s` or a plain number of seconds; null when it is none. */
export function parseDuration(text: string | number): number | null {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text * 1000 : null;
  const compact = text.replaceAll(/[\s_]/g, '').toLowerCase();
  if (/^\d+(\.\d+)?$/.test(compact)) return Number(compact) * 1000;
  if (!/^(\d+(\.\d+)?[a-z]+)+$/.test(compact)) return null;
  let seconds = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
    const length = SECONDS[unit!];
    if (length === undefined) return null;
    seconds += Number(amount) * length;
  }
  return Math.round(seconds * 1000);
}

/** Bytes of `20GB`, `512 MiB` or a plain number; null when it is none. */
export function parseBytes(text: string | number): number | null {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? Math.round(text) : null;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const unit = BYTES[(match?.[2] || 'b').toLowerCase()];
  return match && unit !== undefined ? Math.round(Number(match[1]) * unit) : null;
}

/** Share in [0, 1] of `10%`; null when it is none. */
export function parseShare(text: string | number): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(String(text));
  const share = match ? Number(match[1]) / 100 : null;
  return share !== null && share <= 1 ? share : null;
}

/** Part of a disk: a fixed size, or a share of the whole. */
export type DiskPart = { readonly bytes: number } | { readonly share: number };

const written = z.union([z.number(), z.string()]);

/** Milliseconds. */
export const duration = written.transform((text, context): number =>
  orIssue(parseDuration(text), context, 'a duration such as 500ms, 30s, 5m, 2h or 7d'),
);

/** Bytes. */
export const bytes = written.transform((text, context): number =>
  orIssue(parseBytes(text), context, 'a size such as 512MB, 20GB or 1GiB'),
);

export const diskPart = written.transform((text, context): DiskPart => {
  const share = parseShare(text);
  if (share !== null) return { share };
  return { bytes: orIssue(parseBytes(text), context, 'a size such as 20GB or a share such as 10%') };
});

/** In [0, 1]. */
export const share = z
  .string()
  .transform((text, context): number => orIssue(parseShare(text), context, 'a share such as 25%'));

function orIssue(value: number | null, context: z.RefinementCtx, expected: string): number {
  if (value !== null) return value;
  context.addIssue({ code: 'custom', message: expected, params: { expected } });
  return z.NEVER;
}
