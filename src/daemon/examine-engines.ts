/** Which engines and devices there are. Devices are only listed by their vendors' tools; nothing is ever allocated. */
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/schema.ts';
import { resolveSecret } from '../config/secrets.ts';
import { messageOf } from '../domain/errors.ts';
import { createHttpClient } from '../system/http.ts';
import { findCommand, runTool } from '../system/process.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export async function examineEngines(config: Config | null, env: Environment): Promise<Finding[]> {
  const remote = config?.engine.url ?? null;
  const findings = [await examineRuntime(remote !== null), await examineDatabase()];
  if (config !== null && remote !== null) findings.push(await examineServer(remote, config, env));
  for (const name of ['vllm', 'sglang', 'llama-server', 'lmdeploy']) {
    const path = findCommand(name);
    const how = 'start it yourself and pass its address with --engine http://host:port';
    if (path !== null) findings.push(ok(`engine.${name}`, `${name} is installed (${path}): ${how}`));
  }
  return findings;
}

/** Native parts are loaded in a process of their own: one that is broken must not take the doctor with it. */
async function loads(source: string): Promise<string | null> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const result = await runTool(process.execPath, ['-e', source], { timeoutMs: 30_000, cwd });
  if (result?.code === 0) return null;
  const lines = (result?.stderr ?? '').split('\n').map((line) => line.trim());
  return lines.find((line) => /error|cannot|not found/i.test(line)) ?? 'it gave no reason';
}

async function examineRuntime(hasOther: boolean): Promise<Finding> {
  const problem = await loads("if (!require('onnxruntime-node').InferenceSession) process.exit(1)");
  if (problem === null) {
    return ok(
      'engine.embedded',
      'the embedded engine runs here, on the CPU, without Python (Llama architecture; fp32, fp16, bf16)',
    );
  }
  const found = `the embedded engine cannot be loaded: ${problem}`;
  const hint = 'Run npm ci again on this machine, or evaluate with --engine http://host:port.';
  return hasOther ? warn('engine.embedded', found, hint) : fail('engine.embedded', found, hint);
}

async function examineDatabase(): Promise<Finding> {
  const problem = await loads("new (require('better-sqlite3'))(':memory:').close()");
  if (problem === null) return ok('database', 'SQLite can be used');
  return fail(
    'database',
    `SQLite cannot be loaded: ${problem}`,
    'Run npm ci again on this machine (it needs a C++ compiler).',
  );
}

async function examineServer(url: string, config: Config, env: Environment): Promise<Finding> {
  const name = 'engine.url';
  try {
    const key = config.engine.api_key === null ? null : resolveSecret(config.engine.api_key, 'engine.api_key', env);
    const client = createHttpClient({
      base: url.replace(/\/+$/, '').replace(/\/v1$/, ''),
      ...(key !== null && { headers: { authorization: `Bearer ${key}` } }),
    });
    const reply = (await client.sendJson({ method: 'GET', path: '/v1/models', timeoutMs: 5000 })) as {
      data?: { id?: string }[];
    };
    client.close();
    const models = (reply.data ?? []).map((model) => model.id).join(', ');
    return ok(
      name,
      `${url} serves ${models || 'no model'}; scores are marked unverified unless it shows which checkpoint that is`,
    );
  } catch (error) {
    return fail(name, messageOf(error), 'Start the server, or correct engine.url and engine.api_key.');
  }
}

interface DeviceTool {
  readonly vendor: string;
  readonly command: string;
  readonly args: readonly string[];
}

const TOOLS: readonly DeviceTool[] = [
  {
    vendor: 'nvidia',
    command: 'nvidia-smi',
    args: ['--query-gpu=index,name,memory.used,memory.total', '--format=csv,noheader'],
  },
  { vendor: 'ascend', command: 'npu-smi', args: ['info', '-m'] },
  { vendor: 'cambricon', command: 'cnmon', args: ['info'] },
  { vendor: 'kunlun-or-intel', command: 'xpu-smi', args: ['discovery'] },
  { vendor: 'amd', command: 'rocm-smi', args: ['--showproductname', '--showmeminfo', 'vram', '--csv'] },
];

/** The embedded engine needs none; they matter to the engines a user runs beside the training. */
export async function examineDevices(): Promise<Finding[]> {
  const findings = await Promise.all(
    TOOLS.map(async ({ vendor, command, args }) => {
      const result = await runTool(command, args, { timeoutMs: 10_000 });
      if (result === null) return null;
      const lines = result.stdout.split('\n').filter((line) => line.trim() !== '');
      const name = `devices.${vendor}`;
      if (result.code === 0) return ok(name, `${lines.slice(0, 16).join('; ')} (Libra uses none of them by itself)`);
      return warn(
        name,
        `${command} is there but lists nothing: ${result.stderr.trim().split('\n')[0] || 'no reason given'}`,
        'Look at the driver.',
      );
    }),
  );
  const found = findings.filter((finding) => finding !== null);
  return found.length > 0 ? found : [ok('devices', 'no accelerator: checkpoints are evaluated on the CPU')];
}
