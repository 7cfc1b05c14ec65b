/**
 * Strata: docs that were measured at the same checkpoints. The first docs are measured everywhere, those behind them only where something was suspected;
 * each stratum is a complete table of docs x its checkpoints, so that a contrast in it is exact.
 */

/** Docs measured at the same checkpoints of the frame. */
export interface Stratum {
  readonly docs: number;
  /** Independent units among them: the docs, or the clusters they form. */
  readonly units: number;
  /** Per checkpoint of the frame. */
  readonly isMeasured: readonly boolean[];
  /** Per checkpoint, NaN where not measured. */
  readonly means: Float64Array;
  /** Covariance of the means over docs, frame x frame in one row after the other; NaN where not measured. */
  readonly covariance: Float64Array;
}

/** Fewer docs than this are no stratum of their own: they join the one that is most like them. */
const SMALLEST = 20;
/** Of the checkpoints of the stratum it joins, a doc may lack this share; it is filled in from its own level and the checkpoint's. */
const MOST_FILLED = 0.25;

/**
 * @param columns docs x checkpoints: per checkpoint a value a doc, NaN where it has none; null where nothing was measured
 * @param clusters cluster of each doc; a doc beyond its end or with a negative one stands for itself
 */
export function stratify(
  columns: readonly (Float64Array | null)[],
  docs: number,
  clusters: ArrayLike<number> = [],
): Stratum[] {
  const patterns = patternsOf(columns, docs);
  const isLarge = (members: readonly number[]) => members.length >= SMALLEST;
  const large = patterns.filter(({ members }) => isLarge(members));
  const homes = large.length > 0 ? large : patterns.slice(0, 1);
  const rest = patterns.filter((each) => !homes.includes(each));
  const strata = () => homes.map(({ isMeasured, members }) => build(columns, isMeasured, members, clusters));
  if (rest.length === 0) return strata();
  const filled = columns.map((column) => column && Float64Array.from(column));
  const effects = checkpointEffects(strata(), columns.length);
  for (const { isMeasured, members } of rest) {
    const home = nearest(homes, isMeasured);
    if (!home) continue;
    for (const doc of members) fillIn(filled, home.isMeasured, effects, doc);
    home.members.push(...members);
  }
  return homes.map(({ isMeasured, members }) => build(filled, isMeasured, members, clusters));
}

interface Pattern {
  readonly isMeasured: readonly boolean[];
  readonly members: number[];
}

/** Docs by the checkpoints they were measured at, most docs first; docs without any value are left out. */
function patternsOf(columns: readonly (Float64Array | null)[], docs: number): Pattern[] {
  const known = columns.flatMap((column, t) => (column ? [{ column, t }] : []));
  const found = new Map<string, Pattern>();
  let last: Pattern | null = null;
  for (let doc = 0; doc < docs; doc++) {
    // Neighbours are nearly always measured at the same checkpoints: the first docs everywhere, those behind them where it was wanted.
    if (last && known.every(({ column, t }) => Number.isFinite(column[doc]!) === last!.isMeasured[t])) {
      last.members.push(doc);
      continue;
    }
    const name = known.map(({ column }) => (Number.isFinite(column[doc]!) ? '1' : '0')).join('');
    if (!name.includes('1')) continue;
    last = found.get(name) ?? {
      isMeasured: columns.map((column) => column !== null && Number.isFinite(column[doc]!)),
      members: [],
    };
    last.members.push(doc);
    found.set(name, last);
  }
  return [...found.values()].sort((a, b) => b.members.length - a.members.length);
}

/** The stratum whose checkpoints these docs nearly have all, with the fewest of theirs left over; undefined when there is none. */
function nearest(homes: readonly Pattern[], isMeasured: readonly boolean[]): Pattern | undefined {
  const count = (test: (t: number) => boolean) => isMeasured.reduce((sum, _, t) => sum + Number(test(t)), 0);
  const weighed = homes.flatMap((home) => {
    const lacking = count((t) => home.isMeasured[t]! && !isMeasured[t]);
    if (lacking > MOST_FILLED * count((t) => home.isMeasured[t]!)) return [];
    return [{ home, cost: lacking + count((t) => isMeasured[t]! && !home.isMeasured[t]) }];
  });
  return weighed.sort((a, b) => a.cost - b.cost)[0]?.home;
}

/** What the doc lacks there: its own level plus the checkpoint's effect. */
function fillIn(
  columns: readonly (Float64Array | null)[],
  wanted: readonly boolean[],
  effects: readonly number[],
  doc: number,
): void {
  let [sum, count] = [0, 0];
  columns.forEach((column, t) => {
    const value = column?.[doc] ?? Number.NaN;
    if (!Number.isFinite(value) || !Number.isFinite(effects[t]!)) return;
    sum += value - effects[t]!;
    count++;
  });
  columns.forEach((column, t) => {
    if (column && wanted[t] && !Number.isFinite(column[doc]!)) column[doc] = sum / count + effects[t]!;
  });
}

/**
 * Covariances of the means over docs; over clusters of them G / (G - 1) x sum over clusters of (sum of residuals)^2 / n^2
 * (Liang & Zeger 1986; CR1 of Cameron & Miller 2015, section II), which is the usual one where every doc stands for itself.
 */
function build(
  columns: readonly (Float64Array | null)[],
  isMeasured: readonly boolean[],
  members: readonly number[],
  clusters: ArrayLike<number>,
): Stratum {
  const size = columns.length;
  const n = members.length;
  const means = new Float64Array(size).fill(Number.NaN);
  const { groups, units } = groupsOf(members, clusters);
  const centred: (Float64Array | null)[] = columns.map((column, t) => {
    if (!column || !isMeasured[t]) return null;
    let sum = 0;
    for (const doc of members) sum += column[doc]!;
    const mean = sum / n;
    means[t] = mean;
    const residuals = new Float64Array(units);
    for (let i = 0; i < n; i++) residuals[groups === null ? i : groups[i]!]! += column[members[i]!]! - mean;
    return residuals;
  });
  const covariance = new Float64Array(size * size).fill(Number.NaN);
  const scale = units / Math.max(1, units - 1) / n ** 2;
  for (let i = 0; i < size; i++) {
    const a = centred[i];
    if (!a) continue;
    for (let j = 0; j <= i; j++) {
      const b = centred[j];
      if (!b) continue;
      let sum = 0;
      for (let unit = 0; unit < units; unit++) sum += a[unit]! * b[unit]!;
      covariance[i * size + j] = covariance[j * size + i] = sum * scale;
    }
  }
  return { docs: n, units, isMeasured, means, covariance };
}

/** Cluster of each member, numbered from 0; null where every doc stands for itself. */
function groupsOf(members: readonly number[], clusters: ArrayLike<number>) {
  if (clusters.length === 0) return { groups: null, units: members.length };
  const numbers = new Map<number | string, number>();
  const groups = Int32Array.from(members, (doc) => {
    const cluster = clusters[doc];
    const key = cluster === undefined || cluster < 0 ? `doc ${doc}` : cluster;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
  return { groups, units: numbers.size };
}

/**
 * Score of each checkpoint as all docs would have it: least squares of mean(stratum, t) = stratum + checkpoint, strata weighing by their docs
 * (two-way additive fit by alternating means), so that docs behind the first ones, easier or harder, move nothing. NaN where nothing was measured.
 */
export function checkpointEffects(strata: readonly Stratum[], size: number): number[] {
  if (strata.length === 1) return [...strata[0]!.means];
  const effects = Array.from({ length: size }, (_, t) => weighted(strata, (each) => each.means[t]!));
  const offsets = strata.map(() => 0);
  for (let pass = 0; pass < 50; pass++) {
    strata.forEach(({ means }, s) => {
      const known = effects.flatMap((effect, t) => (Number.isFinite(means[t]!) ? [means[t]! - effect] : []));
      offsets[s] = known.reduce((sum, each) => sum + each, 0) / known.length;
    });
    for (let t = 0; t < size; t++) effects[t] = weighted(strata, (each, s) => each.means[t]! - offsets[s]!);
  }
  const level = weighted(strata, (_, s) => offsets[s]!);
  return effects.map((effect) => effect + level);
}

function weighted(strata: readonly Stratum[], read: (each: Stratum, s: number) => number): number {
  let [sum, docs] = [0, 0];
  strata.forEach((each, s) => {
    const value = read(each, s);
    if (!Number.isFinite(value)) return;
    sum += each.docs * value;
    docs += each.docs;
  });
  return docs === 0 ? Number.NaN : sum / docs;
}
