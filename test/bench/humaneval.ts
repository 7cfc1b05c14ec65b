/** How long it takes to run every solution of HumanEval in the sandbox, and that all of them pass. Needs ../shared/data/humaneval. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createExecutor } from '../../src/evaluation/execution/executor.ts';
import { findSandbox } from '../../src/system/find-sandbox.ts';
import type { Figure } from './time-lapse.ts';

const DATA = new URL('../../../shared/data/humaneval/HumanEval.jsonl.gz', import.meta.url);

export async function benchHumanEval(): Promise<Figure[]> {
  const found = await findSandbox();
  if (found.sandbox === null) return [{ what: 'HumanEval', value: `not run: ${found.reason}` }];
  if (!existsSync(DATA)) return [{ what: 'HumanEval', value: 'not run: ../shared/data/humaneval is absent' }];
  const docs = gunzipSync(readFileSync(DATA))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const execute = createExecutor(found.sandbox, found.python.path);
  const figures: Figure[] = [];
  for (const [name, answer] of [
    ['its own solutions', (doc: { canonical_solution: string }) => doc.canonical_solution],
    ['doing nothing', () => '    pass\n'],
  ] as const) {
    const from = performance.now();
    const executions = await execute(
      docs.map((doc) => ({
        language: 'python' as const,
        text: doc.prompt + answer(doc),
        check: `${doc.test}\ncheck(${doc.entry_point})`,
        prelude: doc.prompt,
        names: [doc.entry_point],
        timeout: 3,
        memoryBytes: 2 ** 30,
      })),
      new AbortController().signal,
    );
    const passed = executions.filter(({ outcome }) => outcome === 'passed').length;
    const seconds = (performance.now() - from) / 1000;
    figures.push({
      what: `HumanEval, ${name}`,
      value: `${passed} of ${docs.length} pass, ${seconds.toFixed(1)} s  goal < 60 s`,
    });
  }
  return figures;
}
