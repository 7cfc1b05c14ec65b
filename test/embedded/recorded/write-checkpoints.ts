/** Writes every seeded checkpoint below the directory given, for record.py. */
import { join } from 'node:path';
import { VARIANTS, writeSeeded } from '../seeded-checkpoint.ts';

for (const name of Object.keys(VARIANTS)) await writeSeeded(name, join(process.argv[2] ?? '', name));
