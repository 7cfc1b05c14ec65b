/** This program's version, from package.json. */
import { readFileSync } from 'node:fs';

/** The project's own directory: two levels above this file, built or not. */
export const PROJECT = new URL('../../', import.meta.url);

export const VERSION = (JSON.parse(readFileSync(new URL('package.json', PROJECT), 'utf8')) as { version: string })
  .version;
