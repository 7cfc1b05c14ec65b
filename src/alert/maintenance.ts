/** Maintenance: stretches of time in which alerts are kept and shown, but not sent. Pure. */
import { concernsRun, type NamedRun } from './concerns-run.ts';
import { DAY_MINUTES, dayBefore, MINUTE_MS, minutesOf, type Weekday, wallClock } from './time-of-day.ts';

/** Once, between two points of time (RFC 3339), or every week between two times of day. */
export interface MaintenanceWindow {
  readonly from: string;
  readonly until: string;
  /** Days on which a repeated one begins; empty is every day. */
  readonly days: readonly Weekday[];
  readonly time_zone: string;
  /** Empty is all. */
  readonly runs: readonly string[];
}

/** One window may go over into the next; so many in a row are looked at. */
const MOST_IN_A_ROW = 20;

/** Epoch ms at which the maintenance that a run is in ends; null when it is in none. */
export function maintenanceEnd(now: number, run: NamedRun, windows: readonly MaintenanceWindow[]): number | null {
  const own = windows.filter((window) => concernsRun(window.runs, run));
  let end: number | null = null;
  for (let i = 0; i < MOST_IN_A_ROW; i++) {
    const at: number = end ?? now;
    const ends = own.map((window) => endOf(window, at)).filter((each) => each !== null);
    if (ends.length === 0) return end;
    end = Math.max(...ends);
  }
  return end;
}

/** True for `22:00`, false for a point of time. */
export function isTimeOfDay(written: string): boolean {
  return /^\d\d:\d\d$/.test(written);
}

function endOf(window: MaintenanceWindow, now: number): number | null {
  if (isTimeOfDay(window.from)) return endOfRepeated(window, now);
  const [from, until] = [Date.parse(window.from), Date.parse(window.until)];
  return now >= from && now < until ? until : null;
}

function endOfRepeated({ from, until, days, time_zone }: MaintenanceWindow, now: number): number | null {
  const begin = minutesOf(from);
  // From a time to the same time is a whole day.
  const length = (minutesOf(until) - begin + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const { minute, day } = wallClock(now, time_zone);
  const since = (minute - begin + DAY_MINUTES) % DAY_MINUTES;
  const startedOn = minute >= begin ? day : dayBefore(day);
  if (since >= length || (days.length > 0 && !days.includes(startedOn))) return null;
  return Math.floor(now / MINUTE_MS) * MINUTE_MS + (length - since) * MINUTE_MS;
}
