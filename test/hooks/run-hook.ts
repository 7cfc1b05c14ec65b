/** Runs a hook as its users do: a process of its own that finds the hooks on PYTHONPATH and nothing of this environment. */
import { fileURLToPath } from 'node:url';
import { findCommand, startProcess } from '../../src/system/process.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const HOOKS = fileURLToPath(new URL('../../hooks/', import.meta.url));
export const hasPython = findCommand('python3') !== null;
if (!hasPython) process.stderr.write('\nNOT TESTED: the Python hooks (there is no python3 here)\n\n');

export async function runHook(command: string, args: readonly string[], cwd: string, env: Environment) {
  const child = await startProcess({
    command,
    args,
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: HOOKS, ...env },
  });
  return child.exited;
}
