/** Work at set times. The only place that knows cron. */
import { createTask, type ScheduledTask, validate } from 'node-cron';
import { type Problem, valueAt } from '../config/problems.ts';
import type { Config } from '../config/schema.ts';
import { LibraError } from '../domain/errors.ts';

export type ScheduledWork = Readonly<Record<keyof Config['schedule'], () => void>>;

export interface Schedule {
  /** Takes new lines; the old ones stay when one of them is wrong. @throws LIBRA_CONFIG_INVALID */
  set(lines: Config['schedule']): void;
  stop(): Promise<void>;
}

/**
 * What was due while the daemon was down is not made up for: the next time comes.
 * @throws LIBRA_CONFIG_INVALID naming the key of a line that is no cron line
 */
export function startSchedule(lines: Config['schedule'], work: ScheduledWork): Schedule {
  let running: ScheduledTask[] = [];
  const stop = async () => {
    const old = running;
    running = [];
    await Promise.all(old.map((task) => task.destroy()));
  };
  const set = (wanted: Config['schedule']) => {
    checkSchedule(wanted);
    void stop();
    running = linesOf(wanted).map(([key, line]) => createTask(line, work[key as keyof ScheduledWork], { unref: true }));
    for (const task of running) void task.start();
  };
  set(lines);
  return { set, stop };
}

/** @throws LIBRA_CONFIG_INVALID naming the key of a line that is no cron line */
export function checkSchedule(lines: Config['schedule']): void {
  for (const [key, line] of linesOf(lines)) {
    if (validate(line)) continue;
    throw new LibraError('LIBRA_CONFIG_INVALID', `schedule.${key}: "${line}" is no cron line.`, {
      hint: 'Write minute, hour, day, month and weekday, as in `0 2 * * *` for two at night.',
    });
  }
}

/** Cron lines that are none, in a configuration as written: told by the loader with file and line. */
export function scheduleProblems(raw: unknown): Problem[] {
  const schedule = valueAt(raw, ['schedule']);
  if (schedule === null || typeof schedule !== 'object') return [];
  return Object.entries(schedule).flatMap(([name, line]) => {
    // What is no text at all is told by the kind of its key.
    if (typeof line !== 'string' || line === '' || validate(line)) return [];
    const sentence = `schedule.${name} must be a cron line such as '0 2 * * *' (minute, hour, day, month, weekday), found '${line}'`;
    return [{ path: ['schedule', name], isAboutKey: false, sentence, suggestion: null }];
  });
}

function linesOf(lines: Config['schedule']): (readonly [key: string, line: string])[] {
  return Object.entries(lines).flatMap(([key, line]) => (line === null ? [] : [[key, line] as const]));
}
