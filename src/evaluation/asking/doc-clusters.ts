/** Docs that share a passage or a subject: they are right and wrong together, and a mean of them tells less than their number says. */

type Fields = Readonly<Record<string, unknown>>;

/** Columns that hold what several questions are about, as public sets name them. */
const PASSAGES = [
  'passage',
  'context',
  'article',
  'paragraph',
  'story',
  'document',
  'background',
  'dialogue',
  'support',
];
const SUBJECTS = ['subject', 'category', 'topic', 'domain'];
/** A text this long that several docs share is a passage, whatever its column is called. */
const LONG = 120;
/** A passage that nearly every doc has for itself groups nothing. */
const MOST_DISTINCT = 0.95;
/** Fewer subjects than this say nothing of the error of a mean. */
const FEWEST_SUBJECTS = 30;

/**
 * Cluster of each doc in the order given, numbered by first appearance; null where docs stand for themselves.
 * @param by the column that the task file names under `cluster_by`; left out, the columns are looked at
 */
export function clustersOf(docs: readonly Fields[], by: string | null = null): Int32Array | null {
  if (docs.length < 2) return null;
  const column = by ?? sharedColumn(docs);
  if (column === null) return null;
  const known = new Map<string, number>();
  const clusters = Int32Array.from(docs, (doc, place) => {
    // What has no passage stands for itself.
    const key = keyOf(doc[column]) || `\u0000${place}`;
    if (!known.has(key)) known.set(key, known.size);
    return known.get(key)!;
  });
  return known.size < 2 || known.size === docs.length ? null : clusters;
}

function sharedColumn(docs: readonly Fields[]): string | null {
  const columns = Object.keys(docs[0]!);
  const named = (names: readonly string[]) => columns.filter((column) => names.includes(column.toLowerCase()));
  const passage = named(PASSAGES).find((column) => groups(docs, column));
  if (passage !== undefined) return passage;
  const long = columns.filter((column) => meanLength(docs, column) >= LONG && groups(docs, column));
  const [longest] = long.sort((a, b) => meanLength(docs, b) - meanLength(docs, a));
  if (longest !== undefined) return longest;
  return named(SUBJECTS).find((column) => groups(docs, column) && distinct(docs, column) >= FEWEST_SUBJECTS) ?? null;
}

function groups(docs: readonly Fields[], column: string): boolean {
  const count = distinct(docs, column);
  return count >= 2 && count <= MOST_DISTINCT * docs.length;
}

function distinct(docs: readonly Fields[], column: string): number {
  return new Set(docs.map((doc) => keyOf(doc[column]))).size;
}

/** Texts alone have a length: a list of choices that is always the same is no passage. */
function meanLength(docs: readonly Fields[], column: string): number {
  return docs.reduce((sum, doc) => sum + (typeof doc[column] === 'string' ? doc[column].length : 0), 0) / docs.length;
}

/** Equal but for white space. */
function keyOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).replace(/\s+/g, ' ').trim();
}
