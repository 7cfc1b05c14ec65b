/** Messages that did not arrive: those given up, and those that still wait after failures. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openStoreForReading } from '../store/open-store.ts';
import { systemClock } from '../system/clock.ts';
import { type Finding, ok, warn } from './finding.ts';

/** Older ones are of the past. */
const LATELY_MS = 7 * 86_400_000;

/** One finding a channel in trouble; nothing where nothing was watched yet or the database can't be read (that is told elsewhere). */
export function examineOutbox(dataDirectory: string): Finding[] {
  if (!existsSync(join(dataDirectory, 'libra.db'))) return [];
  try {
    const store = openStoreForReading({ directory: dataDirectory, now: systemClock.now });
    try {
      const troubled = store.deliveries.troubled(systemClock.now() - LATELY_MS);
      if (troubled.length === 0) return [ok('outbox', 'no message of the last 7 days is stuck or was given up')];
      return troubled.map(({ channel, dead, waiting, lastError }) =>
        warn(
          `outbox:${channel}`,
          `${[...(dead > 0 ? [`${dead} given up`] : []), ...(waiting > 0 ? [`${waiting} tried again`] : [])].join(', ')} of the messages to ${channel}: ${lastError}`,
          `Put its settings right, then look with \`libra notify test ${channel}\`; the alerts themselves are in \`libra alert list\`.`,
        ),
      );
    } finally {
      store.close();
    }
  } catch {
    return [];
  }
}
