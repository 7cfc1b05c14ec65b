/** The team's answer from a terminal. */
import { userInfo } from 'node:os';
import type { AlertReply } from '../../api/contract.ts';
import { presentAlert } from '../../api/present.ts';
import { type AlertAnswer, answerAlert } from '../../daemon/answer-alert.ts';
import { openStoreForReading } from '../../store/open-store.ts';
import { systemClock } from '../../system/clock.ts';
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
  const id = idOf(directory, name);
  const alert = await writeThere<AlertReply>(directory, {
    path: `/api/v1/alerts/${encodeURIComponent(id)}/${answer}`,
    body: note === undefined ? { by } : { by, note },
    straight: (store, events) => presentAlert(answerAlert(store, events, id, answer, { by, note })),
  });
  output.write(
    options.json ? `${JSON.stringify(alert)}\n` : `${alert.id} is ${alert.state}: ${printable(alert.title)}\n`,
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
