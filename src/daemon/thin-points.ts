/** Fewer points of a long series, without losing what a reader looks for: its ends, its extremes and the points that matter. */

export interface ThinOptions<Point> {
  /** Most points to return; exceeded only by points that must be kept. At least 8. */
  readonly max: number;
  /** The curves drawn from the points; extremes of each are kept. Null or non-finite: a gap. */
  readonly curves: readonly ((point: Point) => number | null)[];
  readonly mustKeep?: (point: Point) => boolean;
}

/**
 * A subset of `points` in their order: both ends, the least and the greatest value of each curve, all that must be kept, where gaps begin,
 * and of each of equally many buckets the least and the greatest value (min-max decimation: Jugel et al. 2014, M4).
 */
export function thinPoints<Point>(points: readonly Point[], options: ThinOptions<Point>): Point[] {
  if (points.length <= options.max) return [...points];
  const kept = new Set<number>([0, points.length - 1]);
  for (const curve of options.curves) for (const index of extremes(points, curve, 0, points.length)) kept.add(index);
  points.forEach((point, index) => {
    if (options.mustKeep?.(point)) kept.add(index);
  });

  const gaps = points.flatMap((_, index) => (opensGap(points, options.curves, index) ? [index] : []));
  const roomForGaps = Math.max(0, Math.floor((options.max - kept.size) / 2));
  for (const index of gaps.filter((gap) => !kept.has(gap)).slice(0, roomForGaps)) kept.add(index);

  const buckets = Math.floor((options.max - kept.size) / (2 * options.curves.length));
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * points.length) / buckets);
    const to = Math.floor(((bucket + 1) * points.length) / buckets);
    for (const curve of options.curves) for (const index of extremes(points, curve, from, to)) kept.add(index);
  }
  return [...kept].sort((a, b) => a - b).map((index) => points[index]!);
}

/** Where the curve is lowest and highest in [from, to); nothing where it has no value. */
function extremes<Point>(
  points: readonly Point[],
  curve: (point: Point) => number | null,
  from: number,
  to: number,
): number[] {
  let [least, greatest] = [-1, -1];
  for (let index = from; index < to; index++) {
    const value = curve(points[index]!);
    if (value === null || !Number.isFinite(value)) continue;
    if (least < 0 || value < curve(points[least]!)!) least = index;
    if (greatest < 0 || value > curve(points[greatest]!)!) greatest = index;
  }
  return least < 0 ? [] : [least, greatest];
}

function opensGap<Point>(
  points: readonly Point[],
  curves: readonly ((point: Point) => number | null)[],
  index: number,
): boolean {
  const isGap = (at: number): boolean => {
    const value = curves[0]!(points[at]!);
    return value === null || !Number.isFinite(value);
  };
  return index > 0 && isGap(index) && !isGap(index - 1);
}
