/** Which channels an alert goes to, and when: routes and quiet hours. Pure. */

import type { Alert, AlertKind, Severity } from '../domain/alert.ts';
import { isWithin } from '../domain/capability.ts';

/** An empty list means "all". */
export interface AlertRoute {
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
export function channelsFor(alert: Alert, routes: readonly AlertRoute[], channels: readonly string[]): string[] {
  if (routes.length === 0) return [...channels];
  const wanted = new Set(routes.filter((route) => matches(route, alert)).flatMap((route) => route.to));
  return channels.filter((channel) => wanted.has(channel));
}

function matches(route: AlertRoute, alert: Alert): boolean {
  const allows = <T>(list: readonly T[], value: T) => list.length === 0 || list.includes(value);
  const concerns = (node: string) => alert.members.some((member) => isWithin(member.capability, node));
  return (
    allows(route.runs, alert.run) &&
    allows(route.kinds, alert.kind) &&
    allows(route.severities, alert.severity) &&
    (route.capabilities.length === 0 || route.capabilities.some(concerns))
  );
}

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/** When a message may go out, epoch ms: now, or the end of the quiet hours that `now` lies in. */
export function sendingTime(now: number, severity: Severity, quiet: QuietHours | null): number {
  if (quiet === null || quiet.except.includes(severity)) return now;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  const clock = minuteOfDay(now, quiet.time_zone);
  const length = (to - from + DAY_MINUTES) % DAY_MINUTES;
  const since = (clock - from + DAY_MINUTES) % DAY_MINUTES;
  if (since >= length) return now;
  return Math.floor(now / MINUTE) * MINUTE + (length - since) * MINUTE;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function minuteOfDay(now: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return minutesOf(parts.format(now));
}
