/** The sandbox of this machine for tests of generated code; they are skipped, with the reason, where there is none. */
import { createExecutor, type Execute } from '../../src/evaluation/execution/executor.ts';
import type { Program } from '../../src/evaluation/execution/program.ts';
import { findSandbox } from '../../src/system/find-sandbox.ts';

const found = await findSandbox();
if (found.sandbox === null) console.warn(`Tests of generated code are skipped: ${found.reason}. ${found.hint}`);

export const sandboxFound = found;
export const hasSandbox = found.sandbox !== null;
export const executor: Execute | null =
  found.sandbox === null ? null : createExecutor(found.sandbox, found.python.path);

/** One program against its check. */
export async function run(text: string, check: string, more: Partial<Program> = {}) {
  const program: Program = {
    language: 'python',
    text,
    check,
    prelude: '',
    names: [],
    timeout: 2,
    memoryBytes: 512 * 2 ** 20,
    ...more,
  };
  const [execution] = await executor!([program], new AbortController().signal);
  return execution!;
}
