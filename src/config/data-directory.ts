/** Where Libra keeps its own data. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** `data` of the configuration, else `$XDG_DATA_HOME/libra` (a relative one is ignored, as its standard says), else `~/.local/share/libra`. */
export function resolveDataDirectory(data: string | null, env: Readonly<Record<string, string | undefined>>): string {
  if (data !== null) return data;
  const home = env.XDG_DATA_HOME;
  if (home && isAbsolute(home)) return join(home, 'libra');
  return join(env.HOME || homedir(), '.local', 'share', 'libra');
}
