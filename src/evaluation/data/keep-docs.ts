/**
 * Takes the rows of a split one after the other and keeps the first docs of its fixed random order, as many as the limits allow: all
 * of an ordinary set, and a bounded part of one that would fill the memory. Everything else that must be known of the whole (how
 * many there are, copies, the hash) is worked out on the way.
 */
import { createHash } from 'node:crypto';
import type { Row } from './dataset.ts';
import { ownStrings } from './own-strings.ts';
import { contentDigest, contentNumber, contentText } from './row-content.ts';
import { copyId, orderKey, ownId } from './sampling.ts';
import { createSeenIds } from './seen-ids.ts';

export interface KeepLimits {
  readonly docs: number;
  /** Characters of their content. */
  readonly chars: number;
}

/** More than any benchmark has, and less than a machine that trains a model misses. */
export const KEEP_LIMITS: KeepLimits = { docs: 100_000, chars: 256e6 };

/** Rows that can become docs; what comes after them is counted and hashed. Copies among more could not be told in bounded memory. */
const MOST_CANDIDATES = 12_000_000;

/** Characters that are hashed at a time. */
const BATCH = 1 << 14;

/** What may stand over the limits before it is sorted out, so that sorting is rare. */
const SLACK = 1.25;

export interface KeptDoc {
  /** Stable over versions of the file: the `id` column if every doc has one of its own, else by content. */
  readonly id: string;
  /** Place in the data file, from 0. */
  readonly position: number;
  readonly fields: Row;
  /** Equal for docs of equal content. */
  readonly content: string;
}

export interface KeptDocs {
  /** In the fixed order. */
  readonly docs: readonly KeptDoc[];
  readonly rows: number;
  /** Rows that are exact copies of an earlier one. */
  readonly duplicates: number;
  /** Hex SHA-256 over the content of all rows in their order, whatever format they were written in. */
  readonly hash: string;
  /** The first row of the file. */
  readonly first: Row | null;
  /** Equal for places whose rows have equal content, also those not kept. */
  readonly contentAt: (position: number) => number;
}

interface Candidate extends KeptDoc {
  readonly key: string;
  readonly chars: number;
  /** Its texts are no part of the file's. */
  readonly isOwn: boolean;
}

export interface DocKeeper {
  add(row: Row): void;
  /** Null when ids turned out not to be the docs' own after some were dropped: read again with `hasOwnIds: false`. */
  finish(): KeptDocs | null;
}

export function createDocKeeper(limits: KeepLimits = KEEP_LIMITS, hasOwnIds = true): DocKeeper {
  const contents = createSeenIds();
  const own = hasOwnIds ? createSeenIds() : null;
  const hash = createHash('sha256');
  const places = createContentPlaces();
  let byOwnId = hasOwnIds;
  let kept: Candidate[] = [];
  let chars = 0;
  /** Key of the first doc that was dropped; none beyond it is kept. */
  let border: string | null = null;
  let rows = 0;
  let duplicates = 0;
  let first: Row | null = null;
  let digests = '';

  const sortOut = () => {
    kept.sort(byKey);
    chars = 0;
    const cut = kept.findIndex((doc, i) => {
      chars += doc.chars;
      return i >= limits.docs || (i > 0 && chars > limits.chars);
    });
    if (cut < 0) return;
    border = kept[cut]!.key;
    kept = kept.slice(0, cut).map((doc) => (doc.isOwn ? doc : { ...doc, fields: ownStrings(doc.fields), isOwn: true }));
    chars = kept.reduce((sum, doc) => sum + doc.chars, 0);
  };

  return {
    add(row) {
      const text = contentText(row);
      const digest = contentDigest(text);
      digests += digest;
      if (digests.length > BATCH) {
        hash.update(digests);
        digests = '';
      }
      const content = digest.slice(0, 16);
      first ??= row;
      const position = rows++;
      if (position >= MOST_CANDIDATES) return;
      places.push(content);
      const before = contents.add(content);
      if (before > 0) duplicates++;
      const id = byOwnId ? ownId(row) : null;
      let key: string | null = null;
      if (byOwnId) {
        key = id === null ? null : orderKey(id);
        if (key === null || own!.add(key) > 0) {
          byOwnId = false;
          key = null;
          if (border === null) rename(kept);
        }
      }
      const name = key === null ? copyId(content, before) : id!;
      key ??= orderKey(name);
      if (border !== null && key >= border) return;
      kept.push({ id: name, position, fields: row, content, key, chars: text.length, isOwn: false });
      chars += text.length;
      if (kept.length > limits.docs * SLACK || chars > limits.chars * SLACK) sortOut();
    },
    finish() {
      if (hasOwnIds && !byOwnId && border !== null) return null;
      sortOut();
      hash.update(digests);
      return {
        docs: kept,
        rows,
        duplicates,
        hash: hash.digest('hex'),
        first,
        contentAt: places.at,
      };
    },
  };
}

/** Ids by content, for docs that were named by a column that does not tell them apart. */
function rename(kept: Candidate[]): void {
  const seen = createSeenIds();
  kept.sort((a, b) => a.position - b.position);
  for (const [i, doc] of kept.entries()) {
    const id = copyId(doc.content, seen.add(doc.content));
    kept[i] = { ...doc, id, key: orderKey(id) };
  }
}

function byKey(a: Candidate, b: Candidate): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : a.position - b.position;
}

/** The contents of all rows by their place, 8 bytes each. */
function createContentPlaces() {
  let pairs = new Uint32Array(1 << 10);
  let count = 0;
  return {
    push(content: string): void {
      if (2 * count === pairs.length) {
        const larger = new Uint32Array(2 * pairs.length);
        larger.set(pairs);
        pairs = larger;
      }
      pairs[2 * count] = Number.parseInt(content.slice(0, 8), 16);
      pairs[2 * count + 1] = Number.parseInt(content.slice(8, 16), 16);
      count++;
    },
    at: (position: number): number => contentNumber(pairs[2 * position] ?? 0, pairs[2 * position + 1] ?? 0),
  };
}
