/** Which channels an alert goes to, and when: routes and quiet hours. Pure. */

import type { Alert, AlertKind, Severity } from '../domain/alert.ts';
import { isWithin } from '../domain/capability.ts';
import { concernsRun } from './concerns-run.ts';
import { DAY_MINUTES, MINUTE_MS, minutesOf, wallClock } from './time-of-day.ts';

/** An empty list means "all". */
export interface AlertRoute {
  /** Ids or names, with wildcards. */
  readonly runs: readonly string[];
  readonly kinds: readonly AlertKind[];
  readonly severities: readonly Severity[];
  readonly capabilities: readonly string[];
  /** Names of channels. */
  readonly to: readonly string[];
}

export interface QuietHours {
  /** Time of day, `22:00`; may run over midnight. */
  readonly from: string;
  readonly to: string;
  readonly time_zone: string;
  /** Severities that are sent at any time. */
  readonly except: readonly Severity[];
}

/** Every route that matches adds its channels; without routes every channel gets every alert. */
export function channelsFor(
  alert: Alert,
  routes: readonly AlertRoute[],
  channels: readonly string[],
  runName: string = alert.run,
): string[] {
  if (routes.length === 0) return [...channels];
  const wanted = new Set(routes.filter((route) => matches(route, alert, runName)).flatMap((route) => route.to));
  return channels.filter((channel) => wanted.has(channel));
}

function matches(route: AlertRoute, alert: Alert, runName: string): boolean {
  const allows = <T>(list: readonly T[], value: T) => list.length === 0 || list.includes(value);
  const concerns = (node: string) => alert.members.some((member) => isWithin(member.capability, node));
  return (
    concernsRun(route.runs, { id: alert.run, name: runName }) &&
    allows(route.kinds, alert.kind) &&
    allows(route.severities, alert.severity) &&
    (route.capabilities.length === 0 || route.capabilities.some(concerns))
  );
}

/** When a message may go out, epoch ms: now, or the end of the quiet hours that `now` lies in. */
export function sendingTime(now: number, severity: Severity, quiet: QuietHours | null): number {
  if (quiet === null || quiet.except.includes(severity)) return now;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  const length = (to - from + DAY_MINUTES) % DAY_MINUTES;
  const since = (wallClock(now, quiet.time_zone).minute - from + DAY_MINUTES) % DAY_MINUTES;
  if (since >= length) return now;
  return Math.floor(now / MINUTE_MS) * MINUTE_MS + (length - since) * MINUTE_MS;
}
