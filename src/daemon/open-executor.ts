/** What runs generated code, and which tasks must be left out where nothing may or can. */
import { LibraError } from '../domain/errors.ts';
import { needsExecution } from '../evaluation/execution/execute-answers.ts';
import { createExecutor, type Execute } from '../evaluation/execution/executor.ts';
import type { Task } from '../evaluation/task.ts';
import type { TaskProblem } from '../evaluation/tasks/task-index.ts';
import { findSandbox } from '../system/find-sandbox.ts';

/** `off` leaves out tasks that run generated code. There is no way to run it outside of a sandbox. */
export type CodeExecution = 'sandbox' | 'off';

export interface OpenedExecutor {
  /** Null where no task needs it or it may not be used. */
  readonly execute: Execute | null;
  readonly tasks: readonly Task[];
  /** Tasks that were left out, and why. */
  readonly problems: readonly TaskProblem[];
}

/** A sandbox is looked for only where a task needs one. */
export async function openExecutor(tasks: readonly Task[], mode: CodeExecution): Promise<OpenedExecutor> {
  const needing = tasks.filter(needsExecution);
  if (needing.length === 0) return { execute: null, tasks, problems: [] };
  const leaveOut = (why: LibraError): OpenedExecutor => ({
    execute: null,
    tasks: tasks.filter((task) => !needing.includes(task)),
    problems: needing.map((task) => ({ file: task.path, task: task.summary.name, error: why })),
  });
  if (mode === 'off') {
    return leaveOut(
      new LibraError('LIBRA_SANDBOX_MISSING', 'It runs generated code, which is switched off.', {
        hint: 'Take away `code_execution: off` (or --code off) to let it run in a sandbox.',
      }),
    );
  }
  const found = await findSandbox();
  if (found.sandbox !== null) {
    return { execute: createExecutor(found.sandbox, found.python.path), tasks, problems: [] };
  }
  return leaveOut(
    new LibraError(
      'LIBRA_SANDBOX_MISSING',
      `It runs generated code, and there is no sandbox for it here: ${found.reason}.`,
      { hint: found.hint },
    ),
  );
}
