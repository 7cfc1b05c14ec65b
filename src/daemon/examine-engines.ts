/** Which engines and devices there are. Devices are only listed by their vendors' tools; nothing is ever allocated. */
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/schema.ts';
import { resolveSecret } from '../config/secrets.ts';
import { LibraError, messageOf } from '../domain/errors.ts';
import { EMBEDDED_ABILITIES } from '../embedded/abilities.ts';
import { DEVICE_VENDORS } from '../inference/devices.ts';
import type { StartedEngine } from '../inference/engine.ts';
import { createHttpClient } from '../system/http.ts';
import { findCommand, runTool } from '../system/process.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { openEngines } from './open-engines.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export async function examineEngines(config: Config | null, env: Environment): Promise<Finding[]> {
  const remote = config?.engine.url ?? null;
  const findings = [await examineRuntime(isSpared(config)), await examineDatabase()];
  if (config !== null && remote !== null) findings.push(await examineServer(remote, config, env));
  findings.push(...(await examineStarted(config)));
  for (const name of ['sglang', 'llama-server', 'lmdeploy']) {
    const path = findCommand(name);
    const how = 'start it yourself and pass its address with --engine http://host:port';
    if (path !== null) findings.push(ok(`engine.${name}`, `${name} is installed (${path}): ${how}`));
  }
  return findings;
}

/** Another engine was named, so that the embedded one is not needed. */
function isSpared(config: Config | null): boolean {
  return config !== null && (config.engine.url !== null || !['auto', 'embedded'].includes(config.engine.name));
}

/** Engines beside the embedded one that Libra starts by itself: where, what for, or why not. */
async function examineStarted(config: Config | null): Promise<Finding[]> {
  const engines = openEngines(config).filter((engine) => engine.name !== 'embedded');
  return Promise.all(engines.map((engine) => examineEngine(engine, config)));
}

async function examineEngine(engine: StartedEngine, config: Config | null): Promise<Finding> {
  const name = `engine.${engine.name}`;
  const isWanted = config !== null && config.engine.url === null && config.engine.name === engine.name;
  try {
    const standing = await engine.look();
    if (standing.isUsable) {
      const version = standing.version === null ? '' : ` ${standing.version}`;
      return ok(name, `${engine.name}${version} is installed (${standing.where}): ${useOf(engine, isWanted)}`);
    }
    const found = `${engine.name} is not used: ${standing.reason}`;
    if (isWanted) return fail(name, found, standing.hint);
    if (standing.because === 'missing') return ok(name, `${found}; only models that embedded cannot run need it`);
    return warn(name, found, standing.hint);
  } catch (error) {
    if (!(error instanceof LibraError)) throw error;
    return fail(name, error.message, error.hint);
  }
}

function useOf(engine: StartedEngine, isWanted: boolean): string {
  if (isWanted) return 'used for every checkpoint, as configured';
  return engine.hasDevices
    ? 'used for every checkpoint where the engine is auto, because devices are named for it'
    : 'used where the engine is auto and embedded cannot run the model, or has not the memory';
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
      `the embedded engine runs here, on the CPU, without Python: used for ${EMBEDDED_ABILITIES.architectures.join(', ')} that fit into memory`,
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

/** The embedded engine needs none; they matter to the engines a user runs beside the training. */
export async function examineDevices(): Promise<Finding[]> {
  const findings = await Promise.all(
    [...new Set(DEVICE_VENDORS.map((vendor) => vendor.command))].map(async (command) => {
      const vendors = DEVICE_VENDORS.filter((vendor) => vendor.command === command);
      const args = vendors[0]?.args ?? [];
      const result = await runTool(command, args, { timeoutMs: 10_000 });
      if (result === null) return null;
      const lines = result.stdout.split('\n').filter((line) => line.trim() !== '');
      const name = `devices.${vendors.map((vendor) => vendor.id).join('-or-')}`;
      if (result.code === 0)
        return ok(name, `${lines.slice(0, 16).join('; ')} (Libra uses only those the configuration names)`);
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
