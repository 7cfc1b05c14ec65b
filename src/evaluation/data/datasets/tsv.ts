/** Tab-separated values. */
import type { DatasetReader } from '../dataset.ts';
import { readDelimited } from '../read-delimited.ts';

export const tsv: DatasetReader = {
  id: 'tsv',
  extensions: ['.tsv'],
  names: ['tsv'],
  read: (file, options) => readDelimited(file, { delimiter: '\t', ...options }),
};
