/** The error of a task whose data are not there, with how to get them. */
import { LibraError } from '../../../domain/errors.ts';
import type { TaskSettings } from '../../tasks/task-settings.ts';
import type { DataSources } from './data-sources.ts';

export function missingData(settings: TaskSettings, why: string, sources: DataSources): LibraError {
  const { card, datasetPath } = settings;
  const ways = [
    ...(card.source === null ? [] : [`They come from: ${card.source.replace(/\.\s*$/, '')}.`]),
    `Put JSONL, JSON, CSV, TSV or Parquet files into a folder named ${datasetPath ?? 'after it'} below a --data-path (tasks.data_path)`,
  ];
  const hint =
    sources.hub === null
      ? `${ways.join(' ')}, or allow fetching with --download (tasks.download).`
      : `${ways.join(' ')}.`;
  return new LibraError('LIBRA_DATASET_MISSING', `The task '${settings.name}' can't run: ${why}.`, { hint });
}
