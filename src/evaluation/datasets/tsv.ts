/** Tab-separated values. */
import type { DatasetReader } from '../dataset.ts';
import { csv } from './csv.ts';

export const tsv: DatasetReader = {
  id: 'tsv',
  extensions: ['.tsv'],
  names: ['tsv'],
  read: (chunks, options) => csv.read(chunks, { delimiter: '\t', ...options }),
};
