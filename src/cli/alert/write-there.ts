/** A write from a terminal: through the running daemon, or straight into the database when none runs. */
import { findAddress } from '../../api/address.ts';
import type { ProblemReply } from '../../api/contract.ts';
import { findToken } from '../../api/token.ts';
import { createEventBus, type EventBus } from '../../daemon/event-bus.ts';
import { ERROR_CODES, type ErrorCode, LibraError } from '../../domain/errors.ts';
import { openStore, openStoreForReading, type Store } from '../../store/open-store.ts';
import { systemClock } from '../../system/clock.ts';
import { createHttpClient } from '../../system/http.ts';

export interface Write<Reply> {
  /** What the daemon's API is asked, by POST. */
  readonly path: string;
  readonly body: object;
  /** The same without a daemon. */
  readonly straight: (store: Store, events: EventBus) => Reply;
}

/** @throws LIBRA_TOKEN_MISSING, LIBRA_DIRECTORY_MISSING, and what the write itself is refused for */
export async function writeThere<Reply>(directory: string, write: Write<Reply>): Promise<Reply> {
  // Writing would make a database where there is none.
  openStoreForReading({ directory, now: systemClock.now }).close();
  const store = openUnlessWatched(directory);
  if (store === null) return askDaemon(directory, write);
  try {
    const events = createEventBus({
      append: store.events.append,
      transaction: store.transaction,
      now: systemClock.now,
      onListenerError: () => {},
    });
    return write.straight(store, events);
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

async function askDaemon<Reply>(directory: string, { path, body }: Write<Reply>): Promise<Reply> {
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
    const headers = { authorization: `Bearer ${token}` };
    const reply = await client.send({ method: 'POST', path, headers, body });
    if (reply.status === 200) return JSON.parse(reply.text) as Reply;
    throw fromProblem(JSON.parse(reply.text) as ProblemReply);
  } finally {
    client.close();
  }
}

function fromProblem({ code, detail, hint }: ProblemReply): LibraError {
  return new LibraError(code in ERROR_CODES ? (code as ErrorCode) : 'LIBRA_INTERNAL', detail, { hint });
}
