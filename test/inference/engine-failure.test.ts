/** What real engines wrote when they failed, recorded, and what is made of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type EngineFailure, explainFailure } from '../../src/inference/engine-failure.ts';

const LOGS = fileURLToPath(new URL('../../fixtures/wire/vllm-0.32.0/logs/', import.meta.url));
const linesOf = (name: string) => readFileSync(`${LOGS}${name}.log`, 'utf8').trimEnd().split('\n');

function explain(lastLines: readonly string[], more: Partial<EngineFailure> = {}) {
  const exit = { code: 1, signal: null, lastLines };
  const told = { engine: 'vllm', checkpoint: 'run-960', modelType: 'hyena' };
  return explainFailure({ ...told, phase: 'starting', exit, lastLines, ...more });
}

/** Log -> code, what is said, what is to be done. */
const CAUSES = {
  port: ['LIBRA_PORT_IN_USE', /its port is taken/, /port/],
  args: ['LIBRA_ENGINE_NOT_READY', /did not accept its configuration.*unrecognized arguments: --nonsense/, /settings/],
  length: [
    'LIBRA_ENGINE_NOT_READY',
    /maximum length it was given is more than the model has/,
    /engine\.vllm\.max_length/,
  ],
  arch: ['LIBRA_ARCHITECTURE_UNSUPPORTED', /cannot run this architecture \(model_type "hyena"\)/, /engine/],
  type: ['LIBRA_ARCHITECTURE_UNSUPPORTED', /cannot run this architecture \(model_type "hyena"\)/, /engine/],
  'head-size': ['LIBRA_ARCHITECTURE_UNSUPPORTED', /cannot run this architecture.*head_dim=20/, /engine/],
  'no-metadata': [
    'LIBRA_ENGINE_NOT_READY',
    /installation is incomplete.*No package metadata was found for vllm/,
    /python/,
  ],
  'core-killed': ['LIBRA_ENGINE_FAILED', /one of its own processes ended/, /kernel log/],
} as const;

describe('what a real vLLM wrote when it failed', () => {
  it('is recorded for every cause that is told apart', () => {
    expect(
      readdirSync(LOGS)
        .map((name) => name.replace(/\.log$/, ''))
        .sort(),
    ).toEqual(Object.keys(CAUSES).sort());
  });

  it.each(Object.entries(CAUSES))('%s', (name, [code, says, hint]) => {
    const phase = ['head-size', 'core-killed'].includes(name) ? 'answering' : 'starting';
    const error = explain(linesOf(name), { phase });
    expect({ code: error.code, message: error.message, hint: error.hint }).toEqual({
      code,
      message: expect.stringMatching(says),
      hint: expect.stringMatching(hint),
    });
    // A person gets the line that says it, not the last frames of a traceback.
    expect(error.message.length).toBeLessThan(900);
    expect(error.message).not.toMatch(/File ".*line \d+|resource_tracker/);
    expect(String(error.cause)).toContain(linesOf(name).at(-1));
  });
});

describe('other ends', () => {
  it('vLLM writes its whole configuration in an INFO line: words in there are no cause', () => {
    const line =
      '(EngineCore pid=1) INFO 11-25 22:37:59 [core.py:133] Initializing a V1 LLM engine (v0.32.0) with config: trust_remote_code=False, out of memory, address already in use';
    expect(explain([line, 'KeyError: 17']).code).toBe('LIBRA_ENGINE_NOT_READY');
    expect(explain([line, 'KeyError: 17']).message).toContain('KeyError: 17');
  });

  it('a process that the system killed, one that is silent, and one that took too long', () => {
    const killed = { code: null, signal: 'SIGKILL', lastLines: [] } as const;
    expect(explain([], { exit: killed }).hint).toMatch(/lack of memory/);
    const slow = explain(['Loading weights'], { exit: null, what: 'was not ready within 5 s' });
    expect(slow.message).toMatch(/was not ready within 5 s; its last lines: Loading weights/);
    expect(explain([], { exit: null, phase: 'answering' }).code).toBe('LIBRA_ENGINE_FAILED');
  });

  it('code of a checkpoint is not run, and that is said', () => {
    const error = explain([
      'ValueError: The repository /data/x contains custom code which must be executed to correctly load the model.',
    ]);
    expect(error.code).toBe('LIBRA_ARCHITECTURE_UNSUPPORTED');
    expect(error.hint).toMatch(/does not run code of a checkpoint/);
  });
});
