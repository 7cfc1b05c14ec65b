/**
 * One Python program and its tests, in two sandboxes that know nothing of each other but the lines we carry between them. The verdict
 * comes from the tests' side alone, after the last of them; whatever ends before that has not passed.
 */
import type { Execution } from '../../domain/sample.ts';
import { systemClock } from '../../system/clock.ts';
import type { Sandbox, SandboxEnd, SandboxedProcess } from '../../system/sandbox.ts';
import { carry, firstLine, limitsOf, SandboxFault, troubleOf } from './channel.ts';
import type { Program } from './program.ts';
import { CHECK_SIDE } from './python-check.ts';
import { PROGRAM_SIDE } from './python-program.ts';

const LAST_WORD_MS = 300;

interface Verdict {
  readonly verdict: Execution['outcome'];
  readonly detail: string;
}

/** @throws SandboxFault when the sandbox itself failed, the signal's reason when aborted */
export async function runPython(
  sandbox: Sandbox,
  python: string,
  program: Program,
  signal: AbortSignal,
): Promise<Execution> {
  signal.throwIfAborted();
  const limits = limitsOf(program);
  const start = (code: string) => sandbox.start([python, '-I', '-B', '-c', code], limits);
  const [side, check] = await Promise.all([start(PROGRAM_SIDE), start(CHECK_SIDE)]);
  const stop = () => {
    side.kill();
    check.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    // It may have been called off while they were started.
    signal.throwIfAborted();
    const trouble = troubleOf([side, check]);
    const verdict = await converse(side, check, program);
    // What ended by itself is about to say why.
    if (!hasVerdict(verdict)) await Promise.race([side.ended, systemClock.sleep(LAST_WORD_MS, signal)]);
    stop();
    const [sideEnd, checkEnd] = await Promise.all([side.ended, check.ended]);
    signal.throwIfAborted();
    if (verdict === 'no hello') throw new SandboxFault(await trouble);
    return outcomeOf(verdict, sideEnd.end, checkEnd.end);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Null when the tests' side ended without a verdict. */
async function converse(
  side: SandboxedProcess,
  check: SandboxedProcess,
  { text, names, check: tests, prelude }: Program,
): Promise<Verdict | null | 'no hello'> {
  side.stdin.write(`${JSON.stringify({ text, names })}\n`);
  check.stdin.write(`${JSON.stringify({ text: tests, prelude })}\n`);
  const [answers, questions] = await Promise.all([firstLine(side.stdout), firstLine(check.stdout)]);
  if (answers === null || questions === null) return 'no hello';
  carry(answers, check.stdin).catch(() => {});
  const line = await carry(questions, side.stdin, '!');
  return line === null ? null : (JSON.parse(line.slice(1)) as Verdict);
}

/** Anything but that the program ended. */
function hasVerdict(verdict: Verdict | null | 'no hello'): boolean {
  return verdict !== null && verdict !== 'no hello' && verdict.verdict !== 'ended';
}

/** Why the program's side ended says more than that it ended. */
function outcomeOf(verdict: Verdict | null, side: SandboxEnd, check: SandboxEnd): Execution {
  if (verdict !== null && hasVerdict(verdict)) return { outcome: verdict.verdict, detail: verdict.detail };
  for (const end of [side, check]) {
    if (end === 'cpu' || end === 'wall') return { outcome: 'timeout', detail: 'it took too long' };
    if (end === 'memory') return { outcome: 'memory', detail: 'it took too much memory' };
    if (end === 'processes') return { outcome: 'ended', detail: 'it started too many processes' };
  }
  return { outcome: 'ended', detail: verdict?.detail || 'the program ended before its tests' };
}
