/** The keys of `alerts` that say what is kept instead of sent. */
import { z } from 'zod';
import { key, section } from './key.ts';
import { duration } from './measures.ts';
import { CLOCK_TIME, names, timeZone } from './values.ts';

/** A time of day, or a point of time with its offset. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const isMoment = (written: string): boolean =>
  CLOCK_TIME.test(written) || (MOMENT.test(written) && !Number.isNaN(Date.parse(written)));
const moment = z
  .string()
  .refine(isMoment, { error: 'a time of day such as 22:00, or a time such as 2026-12-01T22:00:00+08:00' });

const maintenance = z.strictObject({
  from: key('Begin: a time with its offset for once, or a time of day for again and again.', moment, {
    example: '22:00',
  }),
  until: key('End, written in the same way.', moment, { example: '02:00' }),
  days: key(
    'Days of the week on which a repeated one begins; empty is every day.',
    z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).prefault([]),
    { example: ['sat'] },
  ),
  time_zone: key('Time zone of times of day.', timeZone.prefault('UTC'), { example: 'Asia/Shanghai' }),
  runs: key('Runs it is for, by id or name, with wildcards; empty is all.', names, { example: ['pretrain-*'] }),
});

export const QUIETING_KEYS = {
  maintenance: key(
    'While it lasts alerts are kept and shown, but not sent; afterwards one message says what is still open.',
    z.array(maintenance).prefault([]),
  ),
  limit: section('How many messages a channel gets at most.', {
    per_hour: key(
      'Messages to one channel in an hour; what is over goes out as one message. Critical regressions have as many again of their own; null is no limit.',
      z.int().min(2).max(10_000).nullable().prefault(30),
    ),
  }),
  flapping: section('An alert that comes and goes is told once, and once more when it is calm.', {
    times: key('How many times are too many; null never are.', z.int().min(2).max(50).nullable().prefault(3)),
    within: key('Within that time.', duration.prefault('24h')),
    calm_after: key('Calm is what neither fired nor ended for so long.', duration.prefault('6h')),
  }),
  inhibit: key(
    'An alert that follows from another open one of its run (falling behind while training stalls) is kept and shown, and sent only if it outlives its cause.',
    z.boolean().prefault(true),
  ),
};
