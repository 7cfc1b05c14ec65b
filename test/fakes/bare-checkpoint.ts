/** A directory that looks like a checkpoint to whoever only reads its configuration. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServedCheckpoint } from '../../src/inference/engine.ts';

/** `await using place = await makeBareCheckpoint()`; `config` is merged into config.json. */
export async function makeBareCheckpoint(config: Readonly<Record<string, unknown>> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'libra-inference-'));
  const path = join(directory, 'checkpoint-500');
  await mkdir(path);
  const whole = { model_type: 'llama', bos_token_id: 97, eos_token_id: 98, torch_dtype: 'float32', ...config };
  await writeFile(join(path, 'config.json'), JSON.stringify(whole));
  const checkpoint: ServedCheckpoint = { path, fingerprint: 'f00dfacef00dfacef00dface', id: 'run-500' };
  return {
    directory,
    checkpoint,
    workDirectory: join(directory, 'work'),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
