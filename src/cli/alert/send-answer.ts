/** The team's answer from a terminal: through the running daemon, or straight into the database when none runs. */
import { userInfo } from 'node:os';
import { findAddress } from '../../api/address.ts';
import type { AlertReply, ProblemReply } from '../../api/contract.ts';
import { presentAlert } from '../../api/present.ts';
import { findToken } from '../../api/token.ts';
import { type AlertAnswer, answerAlert } from '../../daemon/answer-alert.ts';
import { createEventBus } from '../../daemon/event-bus.ts';
import { ERROR_CODES, type ErrorCode, LibraError } from '../../domain/errors.ts';
import { openStore, openStoreForReading, type Store } from '../../store/open-store.ts';
import { systemClock } from '../../system/clock.ts';
import { createHttpClient } from '../../system/http.ts';
import type { AlertOptions } from '../commands/alert.ts';
import { dataDirectoryOf } from '../data-directory.ts';
import { printable } from '../terminal/width.ts';
import { findAlert, type TextOutput } from './show-alerts.ts';

/** @throws LIBRA_NOT_FOUND, LIBRA_ALERT_CLOSED, LIBRA_TOKEN_MISSING, LIBRA_DIRECTORY_MISSING */
export async function sendAnswer(
  id: string,
  answer: AlertAnswer,
  options: AlertOptions,
  output: TextOutput,
): Promise<void> {
  const directory = dataDirectoryOf(options.data);
  const by = options.by ?? userInfo().username;
  const alert = await answerThere(directory, id, answer, { by, note: options.note });
  output.write(
    options.json ? `${JSON.stringify(alert)}\n` : `${alert.id} is ${alert.state}: ${printable(alert.title)}\n`,
  );
}

interface Details {
  readonly by: string;
  readonly note: string | undefined;
}

async function answerThere(directory: string, id: string, answer: AlertAnswer, details: Details): Promise<AlertReply> {
  const reading = openStoreForReading({ directory, now: systemClock.now });
  const alert = (() => {
    try {
      return findAlert(reading, id).id;
    } finally {
      reading.close();
    }
  })();
  const store = openUnlessWatched(directory);
  if (store === null) return askDaemon(directory, alert, answer, details);
  try {
    const events = createEventBus({
      append: store.events.append,
      transaction: store.transaction,
      now: systemClock.now,
      onListenerError: () => {},
    });
    return presentAlert(answerAlert(store, events, alert, answer, details));
  } finally {
    store.close();
  }
}

/** The database for writing, or null while a daemon has it. Only then is the announced address that daemon's, and may be told the token. */
function openUnlessWatched(directory: string): Store | null {
  try {
    return openStore({ directory, now: systemClock.now });
  } catch (error) {
    if (error instanceof LibraError && error.code === 'LIBRA_DATA_IN_USE') return null;
    throw error;
  }
}

async function askDaemon(
  directory: string,
  id: string,
  answer: AlertAnswer,
  { by, note }: Details,
): Promise<AlertReply> {
  const url = findAddress(directory);
  const token = findToken(directory);
  if (url === null || token === null) {
    throw new LibraError(
      'LIBRA_TOKEN_MISSING',
      `The daemon of ${directory} cannot be asked: its ${url === null ? 'address' : 'token'} is not there.`,
      {
        hint: 'Run this as the user of the daemon, once it has started, or set LIBRA_TOKEN.',
      },
    );
  }
  const client = createHttpClient({ base: url, errorCode: 'LIBRA_NOT_READY' });
  try {
    const reply = await client.send({
      method: 'POST',
      path: `/api/v1/alerts/${encodeURIComponent(id)}/${answer}`,
      headers: { authorization: `Bearer ${token}` },
      body: note === undefined ? { by } : { by, note },
    });
    if (reply.status === 200) return JSON.parse(reply.text) as AlertReply;
    throw fromProblem(JSON.parse(reply.text) as ProblemReply);
  } finally {
    client.close();
  }
}

function fromProblem({ code, detail, hint }: ProblemReply): LibraError {
  return new LibraError(code in ERROR_CODES ? (code as ErrorCode) : 'LIBRA_INTERNAL', detail, { hint });
}
