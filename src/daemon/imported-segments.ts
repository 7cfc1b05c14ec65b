/**
 * Ties what was measured elsewhere together: which evaluations asked a task the same way (a segment), and which place each doc has
 * in that segment's one fixed order, so that doc i is the same doc on every checkpoint.
 */
import { isSameRecipe } from '../evaluation/harness/read-recipe.ts';
import type { RecordedDoc, RecordedSamples, RecordedTask } from '../evaluation/harness/recorded.ts';
import type { ImportedDoc, ImportedSegment } from '../store/imported-docs.ts';
import type { Store } from '../store/open-store.ts';
import { stableId } from '../system/hash.ts';
import { canonicalJson } from '../system/json.ts';

/** Fewer docs in common than this share of either side, and it is another set of docs. */
const SHARED = 0.5;
/** Docs that are compared to see whether prompts are the same. */
const SAME_PROMPTS = 0.5;

export interface PlacedTask {
  readonly taskHash: string;
  /** Place in the fixed order of each doc of the samples; null without samples. */
  readonly places: readonly number[] | null;
}

export interface SegmentBook {
  /** @param chance what guessing would score on these docs; null where that is not known */
  place(name: string, task: RecordedTask | null, samples: RecordedSamples | null, chance: number | null): PlacedTask;
  /** Docs of a segment in their order; without texts once they are stored. */
  docs(name: string, taskHash: string): readonly ImportedDoc[];
  segment(name: string, taskHash: string): ImportedSegment | null;
  /** Chance level by task, of its newest segment. */
  chances(): Readonly<Record<string, number>>;
  /** Writes down what is new since the last time; call it in the transaction that keeps the measurement. */
  keep(store: Store, run: string): void;
}

interface Entry {
  segment: ImportedSegment;
  readonly docs: ImportedDoc[];
  readonly byKey: Map<string, number>;
  readonly byId: Map<string, number>;
  /** Docs that are stored. */
  kept: number;
  isChanged: boolean;
}

/** A book over what a run has stored; an empty one for evaluations that belong to no run. */
export function openSegmentBook(stored: { readonly store: Store; readonly run: string } | null): SegmentBook {
  const byTask = new Map<string, Entry[]>();
  for (const segment of stored?.store.importedDocs.segments(stored.run) ?? []) {
    const entries = byTask.get(segment.task) ?? [];
    byTask.set(segment.task, [...entries, emptyEntry(segment)]);
  }
  const isRead = new Set<string>();
  const entriesOf = (name: string): Entry[] => {
    const entries = byTask.get(name) ?? [];
    if (stored === null || isRead.has(name)) return entries;
    isRead.add(name);
    for (const entry of entries) {
      addDocs(entry, stored.store.importedDocs.ofSegment(stored.run, name, entry.segment.taskHash));
      withoutTexts(entry);
      entry.kept = entry.docs.length;
      entry.isChanged = false;
    }
    return entries;
  };
  const find = (name: string, hash: string) => entriesOf(name).find(({ segment }) => segment.taskHash === hash);
  return {
    place(name, task, samples, chance) {
      const entries = entriesOf(name);
      const recipe = task?.recipe ?? {};
      const known = entries.findLast((entry) => fits(entry, recipe, task, samples));
      const entry = known ?? emptyEntry(newSegment(name, recipe, samples, task, entries, chance));
      if (!known) byTask.set(name, [...entries, entry]);
      remember(entry, recipe, task, chance);
      return { taskHash: entry.segment.taskHash, places: samples === null ? null : placesOf(entry, samples) };
    },
    docs: (name, hash) => find(name, hash)?.docs ?? [],
    segment: (name, hash) => find(name, hash)?.segment ?? null,
    chances: () =>
      Object.fromEntries(
        [...byTask].flatMap(([name, entries]) => {
          const chance = entries.findLast(({ segment }) => segment.chance !== null)?.segment.chance;
          return chance == null ? [] : [[name, chance]];
        }),
      ),
    keep(store, run) {
      for (const entry of [...byTask.values()].flat()) {
        if (!entry.isChanged) continue;
        store.importedDocs.putSegment(run, entry.segment);
        store.importedDocs.append(run, entry.segment, entry.kept, entry.docs.slice(entry.kept));
        withoutTexts(entry);
        entry.kept = entry.docs.length;
        entry.isChanged = false;
      }
    },
  };
}

function emptyEntry(segment: ImportedSegment): Entry {
  return { segment, docs: [], byKey: new Map(), byId: new Map(), kept: 0, isChanged: true };
}

/** Ways that may be the same are told apart by the docs (or the hash) that made them differ. */
function newSegment(
  task: string,
  recipe: ImportedSegment['recipe'],
  samples: RecordedSamples | null,
  recorded: RecordedTask | null,
  known: readonly Entry[],
  chance: number | null,
): ImportedSegment {
  const plain = stableId('lm-evaluation-harness', task, canonicalJson(recipe));
  const isTaken = known.some(({ segment }) => segment.taskHash === plain);
  const first = samples?.docs[0];
  const taskHash = isTaken
    ? stableId(plain, recorded?.hash ?? '', first?.key ?? '', first?.promptHash ?? '', known.length)
    : plain;
  return { task, taskHash, recipe, hashes: {}, chance };
}

function fits(
  entry: Entry,
  recipe: ImportedSegment['recipe'],
  task: RecordedTask | null,
  samples: RecordedSamples | null,
): boolean {
  if (!isSameRecipe(entry.segment.recipe, recipe)) return false;
  if (samples === null || samples.docs.length === 0 || entry.docs.length === 0) return hasSameHash(entry, task);
  const shared = samples.docs.flatMap((doc) => {
    const at = placeOf(entry, doc);
    return at === undefined ? [] : [{ doc, known: entry.docs[at]! }];
  });
  if (shared.length < SHARED * Math.min(samples.docs.length, entry.docs.length)) return false;
  const compared = shared.filter(({ doc, known }) => doc.promptHash !== null && known.promptHash !== null);
  const same = compared.filter(({ doc, known }) => doc.promptHash === known.promptHash);
  return same.length >= SAME_PROMPTS * compared.length;
}

/** The harness hashes docs and prompts together: of as many docs the same hash is the same task. */
function hasSameHash({ segment }: Entry, task: RecordedTask | null): boolean {
  const known = task?.n == null ? undefined : segment.hashes[task.n];
  return known === undefined || task?.hash == null || known === task.hash;
}

/** What one file says and another left out is known from then on. */
function remember(
  entry: Entry,
  recipe: ImportedSegment['recipe'],
  task: RecordedTask | null,
  chance: number | null,
): void {
  const { segment } = entry;
  const hashes = task?.n == null || task.hash === null ? segment.hashes : { [task.n]: task.hash, ...segment.hashes };
  const next = {
    ...segment,
    recipe: { ...recipe, ...segment.recipe },
    hashes,
    chance: chance === 0 ? 0 : (segment.chance ?? chance),
  };
  if (canonicalJson(next) === canonicalJson(segment)) return;
  entry.segment = next;
  entry.isChanged = true;
}

function placeOf({ byKey, byId, docs }: Entry, { key, id }: RecordedDoc): number | undefined {
  const at = byKey.get(key);
  if (at !== undefined) return at;
  // Where one of the two has no hash of its content, the id has to do.
  const other = byId.get(id);
  if (other === undefined) return undefined;
  return key.startsWith('id:') || docs[other]!.key.startsWith('id:') ? other : undefined;
}

/** New docs stand behind those there are, in the order of their ids. */
function placesOf(entry: Entry, { docs }: RecordedSamples): number[] {
  const fresh = docs.filter((doc) => placeOf(entry, doc) === undefined);
  if (fresh.length > 0) {
    addDocs(
      entry,
      [...fresh]
        .sort((a, b) => compareIds(a.id, b.id))
        .map(({ id, key, promptHash, question, expected }) => ({ id, key, promptHash, question, expected })),
    );
    entry.isChanged = true;
  }
  return docs.map((doc) => placeOf(entry, doc)!);
}

/** What is stored need not fill memory. */
function withoutTexts({ docs, kept }: Entry): void {
  for (let at = kept; at < docs.length; at++) docs[at] = { ...docs[at]!, question: '', expected: '' };
}

function addDocs(entry: Entry, docs: readonly ImportedDoc[]): void {
  for (const doc of docs) {
    const place = entry.docs.push(doc) - 1;
    entry.byKey.set(doc.key, place);
    if (!entry.byId.has(doc.id)) entry.byId.set(doc.id, place);
  }
}

const compareIds = new Intl.Collator('en', { numeric: true }).compare;
