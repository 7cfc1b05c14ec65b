/** Limits and ports of this machine. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Config } from '../config/schema.ts';
import { createHttpClient } from '../system/http.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Libra takes one watch a directory of checkpoints, and one instance. */
const FEW_WATCHES = 8192;
const FEW_INSTANCES = 64;

export async function examineInotify(): Promise<Finding[]> {
  if (process.platform !== 'linux') return [];
  const [watches, instances] = await Promise.all(
    ['max_user_watches', 'max_user_instances'].map(async (name) =>
      Number(await readFile(`/proc/sys/fs/inotify/${name}`, 'utf8').catch(() => Number.NaN)),
    ),
  );
  const found = `inotify allows ${watches} watches and ${instances} instances a user`;
  if (watches === undefined || instances === undefined || Number.isNaN(watches + instances)) {
    return [
      warn(
        'inotify',
        'the limits of inotify cannot be read',
        'Checkpoints are noticed by the regular look in any case.',
      ),
    ];
  }
  if (watches >= FEW_WATCHES && instances >= FEW_INSTANCES) return [ok('inotify', found)];
  return [
    warn(
      'inotify',
      `${found}, shared with everything else of yours`,
      'Raise fs.inotify.max_user_watches and max_user_instances; until then some checkpoints are noticed a few seconds later.',
    ),
  ];
}

export async function examinePort(config: Config | null): Promise<Finding[]> {
  const { host, port } = config?.server ?? { host: '127.0.0.1', port: 7700 };
  if (port === 0) return [ok('port', 'a free port is taken at each start')];
  const problem = await tryListen(host, port);
  if (problem === null) return [ok('port', `${host}:${port} is free`)];
  if (problem === 'EADDRINUSE' && (await isLibra(host, port))) {
    return [ok('port', `a daemon answers at http://${host}:${port} already`)];
  }
  const why = problem === 'EADDRINUSE' ? 'is used by something else' : `cannot be listened on (${problem})`;
  return [fail('port', `${host}:${port} ${why}`, 'Choose another with --port or server.port; 0 takes a free one.')];
}

/** The error's code, or null if it can be listened on. */
function tryListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

async function isLibra(host: string, port: number): Promise<boolean> {
  const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const client = createHttpClient({ base: `http://${name.includes(':') ? `[${name}]` : name}:${port}` });
  try {
    const reply = await client.send({ method: 'GET', path: '/api/openapi.json', timeoutMs: 2000 });
    return reply.status === 200 && /"title":\s*"Libra/i.test(reply.text);
  } catch {
    return false;
  } finally {
    client.close();
  }
}
