/** Is there a sandbox for generated code? It is tried, not guessed. */
import type { Config } from '../config/schema.ts';
import { findSandbox } from '../system/find-sandbox.ts';
import { type Finding, ok, warn } from './finding.ts';

export async function examineSandbox(config: Config | null): Promise<Finding[]> {
  if (config?.code_execution === 'off') {
    return [ok('sandbox', 'generated code is switched off: tasks that run it (HumanEval) are left out')];
  }
  const found = await findSandbox();
  if (found.sandbox !== null) {
    const python = `Python ${found.python.version} (${found.python.path})`;
    return [ok('sandbox', `${found.sandbox.name} holds here: generated code runs in it, with ${python}`)];
  }
  return [warn('sandbox', `tasks that run generated code (HumanEval) are left out: ${found.reason}`, found.hint)];
}
