/** Writes every seeded checkpoint for record.py and record-architectures.py: those of Llama in `llama`, the others in `others`. */
import { join } from 'node:path';
import { ARCHITECTURE_VARIANTS } from '../architecture-variants.ts';
import { VARIANTS, writeCheckpoint } from '../seeded-checkpoint.ts';

const root = process.argv[2] ?? '';
for (const [folder, variants] of Object.entries({ llama: VARIANTS, others: ARCHITECTURE_VARIANTS })) {
  for (const [name, checkpoint] of Object.entries(variants)) {
    await writeCheckpoint(checkpoint, join(root, folder, name));
  }
}
