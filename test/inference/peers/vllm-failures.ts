/**
 * Causes every failure of a start that is told apart, with a real vLLM, and keeps what it wrote in fixtures/wire/vllm-VERSION/logs.
 * For a person: each takes a minute or more.
 *   npx tsx test/inference/peers/vllm-failures.ts --python VENV/bin/python [--only length,arch]
 */
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { EngineCommand } from '../../../src/inference/engine.ts';
import { vllmEngine } from '../../../src/inference/engines/vllm.ts';
import { readModelFacts } from '../../../src/inference/model-facts.ts';
import { VLLM_DEFAULTS, type VllmSettings } from '../../../src/inference/vllm/vllm-settings.ts';
import { startProcess } from '../../../src/system/process.ts';
import { recordedLog } from './recorded-log.ts';
import { widenHeads } from './widen-heads.ts';

interface Cause {
  readonly settings?: Partial<VllmSettings>;
  /** Merged into config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly damage?: (checkpoint: string) => Promise<void>;
  readonly change?: (command: EngineCommand) => Promise<EngineCommand>;
}

const { values: flags } = parseArgs({ options: { python: { type: 'string' }, only: { type: 'string' } } });
const python = flags.python ?? 'python3';
const fixtures = fileURLToPath(new URL('../../../fixtures', import.meta.url));

const CAUSES: Readonly<Record<string, Cause>> = {
  args: { settings: { args: ['--nonsense'] } },
  length: { settings: { maxLength: 100_000 } },
  arch: { config: { architectures: ['HyenaForCausalLM'] } },
  type: { config: { architectures: ['HyenaForCausalLM'], model_type: 'hyena' } },
  damaged: { damage: (checkpoint) => truncate(join(checkpoint, 'model.safetensors'), 600_000) },
  memory: { settings: { env: { VLLM_CPU_KVCACHE_SPACE: '100' } } },
  port: {
    change: async (command) => {
      const port = Number(new URL(command.base).port);
      await new Promise<void>((resolve) => createServer().unref().listen(port, '127.0.0.1', resolve));
      return command;
    },
  },
  // The community's package goes by another name than the `vllm` program looks for.
  'no-metadata': {
    change: async (command) => ({
      ...command,
      command: join(dirname(python), 'vllm'),
      args: ['serve', ...command.args.slice(3)],
    }),
  },
};

const place = await mkdtemp(join(tmpdir(), 'libra-vllm-'));
try {
  for (const [name, cause] of Object.entries(CAUSES)) {
    if (flags.only !== undefined && !flags.only.split(',').includes(name)) continue;
    const path = join(place, 'checkpoint-960');
    await widenHeads(join(fixtures, 'base/checkpoint-960'), path);
    const config = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
    await writeFile(join(path, 'config.json'), JSON.stringify({ ...config, ...cause.config }));
    await cause.damage?.(path);
    const engine = vllmEngine({ ...VLLM_DEFAULTS, python, ...cause.settings });
    const standing = await engine.look();
    const checkpoint = { path, fingerprint: '', id: 'checkpoint-960' };
    const request = { checkpoint, facts: await readModelFacts(path), servedName: 'libra-960', workDirectory: place };
    const command = await engine.command({ ...request, apiKey: 'none', threads: 1 });
    const changed = (await cause.change?.(command)) ?? command;
    const env = { ...process.env, ...changed.env };
    const child = await startProcess({
      command: changed.command,
      args: changed.args,
      env,
      keepLines: 1000,
      endsWithUs: true,
    });
    const { code, lastLines } = await child.exited;
    await child.stop();
    const folder = join(fixtures, 'wire', `vllm-${standing.isUsable ? standing.version : 'unknown'}`, 'logs');
    await mkdir(folder, { recursive: true });
    const places = { [place]: '/data', [dirname(dirname(python))]: '/opt/vllm' };
    await writeFile(join(folder, `${name}.log`), recordedLog(lastLines, places));
    process.stdout.write(`${name}: ended with ${code}\n`);
  }
} finally {
  await rm(place, { recursive: true, force: true });
}
