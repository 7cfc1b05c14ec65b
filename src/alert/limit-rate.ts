/** At most so many messages an hour to a channel: which go out, and what becomes of the rest. Pure. */

/** The limit is for a stretch of this length that ends now, milliseconds. */
export const LIMIT_STRETCH_MS = 3_600_000;

export interface ChannelLoad {
  /** Messages whose time has come: urgent ones (critical regressions) and others. */
  readonly urgent: number;
  readonly others: number;
  /** Those that were held back before. */
  readonly held: number;
  /** Let through in the last hour. */
  readonly passedUrgent: number;
  readonly passedOthers: number;
}

export interface LimitDecision {
  /** The oldest of each that go out. */
  readonly passUrgent: number;
  readonly passOthers: number;
  /** What is left: nothing, summed up in one message now, or held back until there is room for that message. */
  readonly rest: 'none' | 'sum up' | 'hold';
}

/**
 * Urgent messages have a limit of their own, of the same size, so that nothing else can hold them back; what is over even that is held
 * back with the others. What was held back never goes out one by one: the room that comes free is for news.
 */
export function limitRate(load: ChannelLoad, perHour: number): LimitDecision {
  const passUrgent = Math.min(load.urgent, Math.max(0, perHour - load.passedUrgent));
  const free = Math.max(0, perHour - load.passedOthers);
  const over = load.held + load.urgent - passUrgent;
  if (over === 0 && load.others <= free) return { passUrgent, passOthers: load.others, rest: 'none' };
  if (free === 0) return { passUrgent, passOthers: 0, rest: 'hold' };
  // One place is for the message that sums up the rest.
  return { passUrgent, passOthers: Math.min(load.others, free - 1), rest: 'sum up' };
}
