/** Where this machine's data sets are: the configuration's directories, the caches of the Hugging Face hub, and the hub if it may be asked. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { DataSources } from '../evaluation/data/sources/data-sources.ts';
import { createHub } from '../evaluation/data/sources/hugging-face-hub.ts';
import { redactFromLogs } from '../system/log.ts';

const HUB = 'https://huggingface.co';

type Environment = Readonly<Record<string, string | undefined>>;

export interface DataSourceOptions {
  readonly tasks: Pick<Config['tasks'], 'data_path' | 'download'>;
  readonly env: Environment;
  /** Libra's own; what is fetched goes below it. */
  readonly dataDirectory: string;
  readonly fetch?: typeof fetch | undefined;
}

/** HF_HOME, HF_HUB_CACHE, HF_DATASETS_CACHE, HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH and HF_HUB_OFFLINE mean what they mean to Python. */
export function openDataSources(options: DataSourceOptions): DataSources {
  const { tasks, env, dataDirectory } = options;
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'huggingface');
  const own = join(dataDirectory, 'datasets');
  const mayFetch = tasks.download && !isOn(env.HF_HUB_OFFLINE) && !isOn(env.HF_DATASETS_OFFLINE);
  return {
    directories: tasks.data_path.map((path) => resolve(path)),
    hubCaches: [env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, 'hub'), own],
    preparedCaches: [env.HF_DATASETS_CACHE || join(home, 'datasets')],
    hub: mayFetch
      ? createHub({
          endpoint: env.HF_ENDPOINT || HUB,
          token: tokenOf(env, home),
          cache: own,
          fetch: options.fetch ?? fetch,
        })
      : null,
  };
}

function tokenOf(env: Environment, home: string): string | null {
  const said = env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN || kept(env.HF_TOKEN_PATH || join(home, 'token'));
  const token = said.trim();
  if (token === '') return null;
  redactFromLogs(token);
  return token;
}

function kept(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(?:1|true|yes|on)$/i.test(value);
}
