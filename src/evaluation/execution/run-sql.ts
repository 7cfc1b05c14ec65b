/** One SQL query against the query of the doc, each in a database of its own in memory: right when it gives the same rows. */
import type { Execution } from '../../domain/sample.ts';
import { systemClock } from '../../system/clock.ts';
import type { Sandbox } from '../../system/sandbox.ts';
import { firstLine, limitsOf, SandboxFault, troubleOf } from './channel.ts';
import type { Program } from './program.ts';

/** SQL can run no Python, so one process may hold both; the right rows are read before the program's query is. */
const RUNNER = `
import collections, json, re, sqlite3, sys
print('{"hello": true}', flush=True)
job = json.loads(sys.stdin.readline())
MOST_ROWS = 100000

def rows_of(query):
    database = sqlite3.connect(':memory:')
    database.executescript(job['prelude'])
    rows = database.execute(query).fetchmany(MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise OverflowError('it gives more than %d rows' % MOST_ROWS)
    return rows

def answer(outcome, error=''):
    print(json.dumps({'outcome': outcome, 'detail': error if isinstance(error, str) else type(error).__name__ + ': ' + str(error)[:300]}))

def verdict():
    try:
        right = rows_of(job['check'])
    except Exception as error:
        return answer('unusable', error)
    try:
        given = rows_of(job['text'])
    except MemoryError as error:
        return answer('memory', error)
    except Exception as error:
        return answer('failed', error)
    is_ordered = re.search(r'\\border\\s+by\\b', job['check'], re.I)
    same = given == right if is_ordered else collections.Counter(given) == collections.Counter(right)
    answer('passed' if same else 'failed', '' if same else '%d rows where %d are right' % (len(given), len(right)) if len(given) != len(right) else 'the rows are not the right ones')

verdict()
`;

const LAST_WORD_MS = 300;

/** @throws SandboxFault when the sandbox itself failed, the signal's reason when aborted */
export async function runSql(
  sandbox: Sandbox,
  python: string,
  program: Program,
  signal: AbortSignal,
): Promise<Execution> {
  signal.throwIfAborted();
  const running = await sandbox.start([python, '-I', '-B', '-c', RUNNER], limitsOf(program));
  signal.addEventListener('abort', running.kill, { once: true });
  try {
    signal.throwIfAborted();
    const trouble = troubleOf([running]);
    const { text, check, prelude } = program;
    running.stdin.end(`${JSON.stringify({ text, check, prelude })}\n`);
    const hello = await firstLine(running.stdout);
    const answer =
      hello === null ? null : await firstLine({ [Symbol.asyncIterator]: () => startingWith(hello.rest, hello.chunks) });
    if (answer === null) await Promise.race([running.ended, systemClock.sleep(LAST_WORD_MS, signal)]);
    running.kill();
    const { end } = await running.ended;
    signal.throwIfAborted();
    if (hello === null) throw new SandboxFault(await trouble);
    if (answer !== null) return JSON.parse(answer.line) as Execution;
    if (end === 'cpu' || end === 'wall') return { outcome: 'timeout', detail: 'it took too long' };
    return { outcome: end === 'memory' ? 'memory' : 'ended', detail: 'it ended without rows' };
  } finally {
    signal.removeEventListener('abort', running.kill);
    running.kill();
  }
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, undefined> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  return undefined;
}
