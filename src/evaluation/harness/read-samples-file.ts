/** The docs of one samples file of lm-evaluation-harness: what was asked, what was answered, and the value of every metric. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parseTolerantJson } from '../../system/json.ts';
import { linesOf } from '../data/read-lines.ts';
import { describeSample } from './describe-sample.ts';
import { metricId } from './read-metrics.ts';
import type { RecordedDoc, RecordedSamples, RecordedTask } from './recorded.ts';
import { sampleValue } from './sample-value.ts';

type Line = Readonly<Record<string, unknown>>;

/** What is being gathered of one doc; several lines where there are several filter pipelines. */
interface Gathered {
  readonly doc: RecordedDoc;
  answer: string | null;
  readonly values: Map<string, number>;
  /** Pipelines it was seen with. */
  readonly filters: string[];
}

/**
 * Reads a samples file line by line (gzipped too). A line that is no JSON and a file that ends early cost only what they hold;
 * of a doc that stands there twice the later line counts.
 * @param task what the results file says of the task: its metrics and pipelines; null without one
 * @throws the file system's error when it can't be opened
 */
export async function readSamplesFile(path: string, task: RecordedTask | null): Promise<RecordedSamples> {
  const gathering = gatherer(task);
  let [read, broken, firstBroken, ended] = [0, 0, 0, ''];
  try {
    for await (const lines of linesOf(textOf(path))) {
      for (const text of lines) {
        read += 1;
        if (text.trim() === '') continue;
        const line = parse(text);
        if (line !== null) gathering.take(line, read);
        else if (broken++ === 0) firstBroken = read;
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('E')) throw error;
    ended = `it ends early (${(error as Error).message})`;
  }
  const cut = broken === 0 ? '' : `${broken} of ${read} lines could not be read, the first is line ${firstBroken}`;
  return { ...gathering.samples(), trouble: [cut, ended].filter(Boolean).join('; ') || null };
}

function textOf(path: string): AsyncIterable<string> {
  const stream = createReadStream(path);
  if (!path.endsWith('.gz')) return stream.setEncoding('utf8');
  const unpacked = createGunzip();
  stream.on('error', (error) => unpacked.destroy(error));
  return stream.pipe(unpacked).setEncoding('utf8') as AsyncIterable<string>;
}

function parse(text: string): Line | null {
  try {
    const value = parseTolerantJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Line) : null;
  } catch {
    return null;
  }
}

function gatherer(task: RecordedTask | null) {
  const pipelines = [...new Set(task?.metrics.map(({ filter }) => filter) ?? [])];
  const hasSeveral = pipelines.length > 1;
  const named = new Set(task?.metrics.map(({ metric }) => metric) ?? []);
  const main = task?.metrics[0]?.filter ?? 'none';
  const byKey = new Map<string, Gathered>();
  /** Docs of the same content are told apart by their ids, in the order they come. */
  const copies = new Map<string, string[]>();

  const keyOf = (line: Line, id: string): string => {
    if (typeof line.doc_hash !== 'string' || line.doc_hash === '') return `id:${id}`;
    const ids = copies.get(line.doc_hash) ?? [];
    if (ids.length === 0) copies.set(line.doc_hash, ids);
    if (!ids.includes(id)) ids.push(id);
    const copy = ids.indexOf(id);
    return copy === 0 ? line.doc_hash : `${line.doc_hash}#${copy + 1}`;
  };
  const filterOf = (line: Line, known: Gathered | undefined): string => {
    if (typeof line.filter === 'string') return line.filter;
    // Before lines said their pipeline, a doc had one line for each, in the order of the results.
    return pipelines[Math.min(known?.filters.length ?? 0, pipelines.length - 1)] ?? 'none';
  };
  const metricsOf = (line: Line): string[] => {
    const listed = Array.isArray(line.metrics) ? line.metrics.filter((one) => typeof one === 'string') : [];
    return [...new Set([...listed, ...[...named].filter((metric) => metric in line)])];
  };
  return {
    take(line: Line, number: number): void {
      const id = idOf(line.doc_id) ?? String(number - 1);
      const key = keyOf(line, id);
      const known = byKey.get(key);
      const filter = filterOf(line, known);
      const isAgain = known?.filters.includes(filter) ?? false;
      const described = known && !isAgain ? null : describeSample(line, task?.fewshotDelimiter ?? '\n\n');
      const gathered: Gathered = known ?? {
        doc: { id, key, ...described!.doc },
        answer: described!.answer,
        values: new Map(),
        filters: [],
      };
      if (described && filter === main) gathered.answer = described.answer;
      if (!isAgain) gathered.filters.push(filter);
      for (const metric of metricsOf(line)) {
        gathered.values.set(metricId(metric, filter, hasSeveral), sampleValue(metric, line[metric]));
      }
      byKey.set(key, gathered);
    },
    samples(): Omit<RecordedSamples, 'trouble'> {
      const all = [...byKey.values()];
      const metrics = new Set(all.flatMap(({ values }) => [...values.keys()]));
      const columns = [...metrics].map(
        (metric) => [metric, Float64Array.from(all, ({ values }) => values.get(metric) ?? Number.NaN)] as const,
      );
      return { docs: all.map(({ doc }) => doc), values: new Map(columns), answers: all.map(({ answer }) => answer) };
    },
  };
}

function idOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
