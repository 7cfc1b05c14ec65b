/** Runs programs, a few at a time, each different one once. */
import { LibraError } from '../../domain/errors.ts';
import type { Execution } from '../../domain/sample.ts';
import type { Sandbox } from '../../system/sandbox.ts';
import { SandboxFault } from './channel.ts';
import type { Program } from './program.ts';
import { runPython } from './run-python.ts';
import { runSql } from './run-sql.ts';

/** What became of each, in their order. Rejects with a LibraError when nothing can be run any more. */
export type Execute = (programs: readonly Program[], signal: AbortSignal) => Promise<Execution[]>;

/** Each is two processes beside the engine's. */
const AT_ONCE = 2;

/** @param python path of the interpreter inside the sandbox */
export function createExecutor(sandbox: Sandbox, python: string, atOnce = AT_ONCE): Execute {
  const take = createTurns(atOnce);
  return async (programs, signal) => {
    const different = new Map<string, Promise<Execution>>();
    const running = programs.map((program) => {
      const key = JSON.stringify(program);
      const known = different.get(key) ?? take(() => runOnce(sandbox, python, program, signal));
      different.set(key, known);
      return known;
    });
    // All of them, so that nothing runs on when one has failed.
    await Promise.allSettled(running);
    return Promise.all(running);
  };
}

async function runOnce(sandbox: Sandbox, python: string, program: Program, signal: AbortSignal): Promise<Execution> {
  const run = program.language === 'sql' ? runSql : runPython;
  const attempt = () => run(sandbox, python, program, signal);
  try {
    // A machine short of processes or memory for a moment is not the program's fault.
    return await attempt().catch((error: unknown) => {
      if (error instanceof SandboxFault) return attempt();
      throw error;
    });
  } catch (error) {
    if (!(error instanceof SandboxFault)) throw error;
    throw new LibraError('LIBRA_SANDBOX_MISSING', `The sandbox could not run a program: ${error.message}.`, {
      hint: 'See `libra doctor`; no generated code runs outside of a sandbox.',
      cause: error,
    });
  }
}

/** At most so many at the same time, first come first served. */
function createTurns(count: number) {
  let free = count;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
