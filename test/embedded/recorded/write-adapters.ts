/** Writes every seeded adapter below the directory given, each base beside it, for record-weights.py. */
import { join, resolve } from 'node:path';
import { ADAPTERS, writeSeededAdapter } from '../seeded-adapter.ts';

const root = resolve(process.argv[2] ?? '');
for (const name of Object.keys(ADAPTERS)) await writeSeededAdapter(name, join(root, name), join(root, `${name}-base`));
