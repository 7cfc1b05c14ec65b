/** Times of day and weekdays in a time zone, for what the configuration says by the clock on the wall. Pure. */

export const MINUTE_MS = 60_000;
export const DAY_MINUTES = 24 * 60;

/** In the order in which `getUTCDay` counts. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Of `22:30`. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Minutes since midnight there, and the day of the week there. */
export function wallClock(now: number, timeZone: string): { readonly minute: number; readonly day: Weekday } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return {
    minute: minutesOf(`${part('hour')}:${part('minute')}`),
    day: part('weekday').toLowerCase() as Weekday,
  };
}

/** The day before. */
export function dayBefore(day: Weekday): Weekday {
  return WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7]!;
}
