/** Everything of a task's data that its requests need: the docs in their fixed order, each with its examples, and the few-shot pool. */
import { LibraError } from '../../domain/errors.ts';
import type { TaskDataset, TaskDoc } from '../task.ts';
import type { TaskFile } from '../tasks/read-task-file.ts';
import type { HashedDoc } from '../tasks/task-hash.ts';
import type { TaskSettings } from '../tasks/task-settings.ts';
import type { Row } from './dataset.ts';
import { chooseShots, fewshotSplitOf } from './fewshot.ts';
import type { KeepLimits } from './keep-docs.ts';
import { type LoadedSplit, loadSplit } from './load-split.ts';
import { contentOf } from './row-content.ts';
import type { DataSources } from './sources/data-sources.ts';

export interface TaskDocs {
  readonly docs: readonly TaskDoc[];
  /** The same docs by what they say. */
  readonly hashed: readonly HashedDoc[];
  readonly pool: readonly Row[];
  /** What the pool says at each place. */
  readonly contentAt: (place: number) => number;
  readonly columns: readonly string[];
  readonly signature: string;
  /** The first row of the file, which the harness judges the kinds of text and target by. */
  readonly first: Row;
  readonly dataset: TaskDataset;
}

/** @throws LibraError LIBRA_TASK_INVALID, LIBRA_DATASET_MISSING or LIBRA_DATASET_INVALID */
export async function readDocs(
  file: TaskFile,
  settings: TaskSettings,
  sources: DataSources,
  limits?: KeepLimits,
): Promise<TaskDocs> {
  const split = settings.testSplit ?? settings.validationSplit;
  if (split === null) {
    throw new LibraError(
      'LIBRA_TASK_INVALID',
      `${file.path}: it names neither \`test_split\` nor \`validation_split\`.`,
      { hint: 'Say which split is evaluated.' },
    );
  }
  const load = (name: string) =>
    loadSplit({ settings, split: name, isEvaluated: name === split, directories: file.directories }, sources, limits);
  const evaluated = await load(split);
  const source = await poolOf(settings, split, evaluated, load);
  // Examples from a huge pool are rows to be held as well: together they get the room of as many docs.
  const most = Math.max(1, Math.floor(source.room / Math.max(1, settings.numFewshot)));
  const asked = evaluated.docs.slice(0, most);
  const wanted = new Set(asked.map(({ position }) => position));
  const shots = chooseShots(settings, evaluated, source, wanted);
  const docs = asked.map(
    ({ id, fields, position }): TaskDoc => ({ id, fields, position, shots: shots.get(position) ?? NO_SHOTS }),
  );
  return {
    docs,
    hashed: asked.map(({ id, content, position }) => ({
      id,
      content,
      shots: shots.get(position) ?? NO_SHOTS,
    })),
    pool: await source.take(shots),
    contentAt: source.contentAt,
    columns: evaluated.columns,
    signature: evaluated.signature,
    first: evaluated.first!,
    dataset: describe(evaluated, split, docs.length),
  };
}

const NO_SHOTS: readonly number[] = [];

interface ShotPool {
  readonly rows: number;
  readonly contentAt: (place: number) => number;
  /** Rows of it that memory should hold. */
  readonly room: number;
  /** The rows at the places that some doc shows, each at its place. */
  take(shots: ReadonlyMap<number, readonly number[]>): Promise<readonly Row[]>;
}

async function poolOf(
  settings: TaskSettings,
  split: string,
  evaluated: LoadedSplit,
  load: (split: string) => Promise<LoadedSplit>,
): Promise<ShotPool> {
  if (settings.numFewshot === 0) return poolOfRows([]);
  // `fewshot_indices` changes nothing: the harness reads the key and never hands it to its samplers.
  const { samples, split: own } = settings.fewshot;
  if (own === null && samples !== null) return poolOfRows(samples);
  const fewshotSplit = fewshotSplitOf(settings);
  const whole = fewshotSplit === split || fewshotSplit === null ? evaluated : await load(fewshotSplit);
  return {
    rows: whole.rows,
    room: whole.docs.length === whole.rows ? Number.POSITIVE_INFINITY : whole.docs.length,
    contentAt: whole.contentAt,
    take: async (shots) => {
      const places = new Set<number>();
      for (const drawn of shots.values()) for (const place of drawn) places.add(place);
      const found = await whole.rowsAt(places);
      const rows: Row[] = [];
      for (const place of [...places].sort((a, b) => a - b)) rows[place] = found.get(place)!;
      return rows;
    },
  };
}

function poolOfRows(rows: readonly Row[]): ShotPool {
  const contents = rows.map(contentOf);
  return {
    rows: rows.length,
    room: Number.POSITIVE_INFINITY,
    contentAt: (place) => contents[place]!,
    take: async () => rows,
  };
}

function describe({ files, hash, rows, duplicates }: LoadedSplit, split: string, kept: number): TaskDataset {
  const copies = (count: number) =>
    `${count} of its ${rows} docs ${count === 1 ? 'is a copy' : 'are copies'} of another`;
  const notes = [
    ...(duplicates === 0 ? [] : [copies(duplicates)]),
    ...(kept === rows
      ? []
      : [`it has ${rows} docs; the first ${kept} of the fixed random order are kept and can be asked`]),
  ];
  return { split, files, hash, rows, kept, duplicates, notes };
}
