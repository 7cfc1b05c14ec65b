/** Comma-separated values. */
import type { DatasetReader } from '../dataset.ts';
import { readDelimited } from '../read-delimited.ts';

export const csv: DatasetReader = {
  id: 'csv',
  extensions: ['.csv'],
  names: ['csv'],
  read: readDelimited,
};
