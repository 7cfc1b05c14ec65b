/** Hands each message to a program of the team's: no shell, JSON on its standard input, its exit code says what came of it. */
import { messageOf } from '../../domain/errors.ts';
import type { Clock } from '../../system/clock.ts';
import { findCommand, startPiped } from '../../system/process.ts';
import { cleanLine } from '../clean-text.ts';
import { machineBody } from '../machine-body.ts';
import type { DeliveryOutcome, Notifier, Outgoing } from '../notifier.ts';

export interface CommandNotifierOptions {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a program needs to find its own things; nothing that may be a secret of the daemon's. */
const PASSED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'http_proxy', 'https_proxy', 'no_proxy'];
const MOST_OUTPUT = 2_000;
/** EX_USAGE of sysexits: it does not want this message; and as a shell says it: not executable, not found. Another attempt finds the same. */
const HOPELESS = new Set([64, 126, 127]);

export function createCommandNotifier(options: CommandNotifierOptions): Notifier {
  return {
    name: options.name,
    type: 'command',
    defaultSamples: 'ids',
    takesActions: true,
    send: async (outgoing, signal) => {
      try {
        return await run(options, outgoing, signal);
      } catch (error) {
        return { kind: 'dead', error: messageOf(error) };
      }
    },
    close: () => {},
  };
}

async function run(
  { command: [program, ...args], timeoutMs, clock, env }: CommandNotifierOptions,
  outgoing: Outgoing,
  signal?: AbortSignal,
): Promise<DeliveryOutcome> {
  const path = findCommand(program, env.PATH);
  if (path === null)
    return { kind: 'dead', error: `There is no program ${program} that may be run: give its full path.` };
  const passed = PASSED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  const child = await startPiped({ command: path, args, env: Object.fromEntries(passed) });
  let said = '';
  const listen = (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-MOST_OUTPUT);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  child.stdin.end(`${JSON.stringify({ id: outgoing.key, ...machineBody(outgoing) })}\n`);
  const over = new AbortController();
  const ended = await Promise.race([child.exited, clock.sleep(timeoutMs, anyOf(signal, over.signal)).then(() => null)]);
  over.abort();
  child.kill();
  if (ended === null)
    return { kind: 'retry', error: `${program} did not end within ${timeoutMs / 1000} s.`, afterMs: null };
  if (ended.code === 0) return { kind: 'sent', detail: 'exit code 0' };
  const words = cleanLine(said.trim().split('\n').at(-1) ?? '', 200);
  const how = ended.code === null ? `was ended by ${ended.signal}` : `ended with exit code ${ended.code}`;
  const error = `${program} ${how}${words ? `: ${words}` : ''}.`;
  return HOPELESS.has(ended.code ?? 0) ? { kind: 'dead', error } : { kind: 'retry', error, afterMs: null };
}

function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((each) => each !== undefined));
}
