/** The team's answer from a terminal. */
import { userInfo } from 'node:os';
import type { AlertReply } from '../../api/contract.ts';
import { presentAlert } from '../../api/present.ts';
import { type AlertAnswer, answerAlert } from '../../daemon/answer-alert.ts';
import { openStoreForReading } from '../../store/open-store.ts';
import { rfc3339, systemClock } from '../../system/clock.ts';
import type { AlertOptions } from '../commands/alert.ts';
import { dataDirectoryOf } from '../data-directory.ts';
import { printable } from '../terminal/width.ts';
import { findAlert, type TextOutput } from './show-alerts.ts';
import { writeThere } from './write-there.ts';

/** @throws LIBRA_NOT_FOUND, LIBRA_ALERT_CLOSED, LIBRA_TOKEN_MISSING, LIBRA_DIRECTORY_MISSING */
export async function sendAnswer(
  name: string,
  answer: AlertAnswer,
  options: AlertOptions,
  output: TextOutput,
): Promise<void> {
  const directory = dataDirectoryOf(options.data);
  const by = options.by ?? userInfo().username;
  const { note } = options;
  const until = options.for === undefined ? undefined : systemClock.now() + options.for;
  const id = idOf(directory, name);
  const alert = await writeThere<AlertReply>(directory, {
    path: `/api/v1/alerts/${encodeURIComponent(id)}/${answer}`,
    body: { by, note, ...(until === undefined ? {} : { until: rfc3339(until) }) },
    straight: (store, events) => presentAlert(answerAlert(store, events, id, answer, { by, note, until })),
  });
  output.write(
    options.json
      ? `${JSON.stringify(alert)}\n`
      : `${alert.id} is ${alert.state}${alert.silenced_until === null ? '' : ` until ${alert.silenced_until}`}: ${printable(alert.title)}\n`,
  );
}

function idOf(directory: string, name: string): string {
  const reading = openStoreForReading({ directory, now: systemClock.now });
  try {
    return findAlert(reading, name).id;
  } finally {
    reading.close();
  }
}
