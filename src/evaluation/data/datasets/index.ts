/** The data file readers. */
import type { DatasetReader } from '../dataset.ts';
import { csv } from './csv.ts';
import { json } from './json.ts';
import { parquet } from './parquet.ts';
import { text } from './text.ts';
import { tsv } from './tsv.ts';

export const DATASET_READERS: readonly DatasetReader[] = [parquet, json, csv, tsv, text];
