/** A trend small enough for a row: its curve, its band, and where an alert stands. */

export interface SparkPoint {
  readonly x: number;
  readonly y: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly segment?: string | null;
}

interface SparklineProps {
  readonly points: readonly SparkPoint[];
  readonly marks?: readonly number[];
  readonly label: string;
  readonly plain?: boolean;
}

const WIDTH = 100;
const HEIGHT = 30;

export function Sparkline({ points, marks = [], label, plain = false }: SparklineProps) {
  const known = points.filter((point) => point.y !== null);
  if (known.length === 0) return <span class="soft">–</span>;
  const ys = known.flatMap(({ y, low, high }) => [y!, low ?? y!, high ?? y!]);
  const [left, right] = [points[0]!.x, points.at(-1)!.x];
  const [least, most] = [Math.min(...ys), Math.max(...ys)];
  const atX = (x: number) => (right === left ? WIDTH / 2 : ((x - left) / (right - left)) * WIDTH).toFixed(1);
  const atY = (y: number) =>
    (most === least ? HEIGHT / 2 : HEIGHT - 1 - ((y - least) / (most - least)) * (HEIGHT - 2)).toFixed(1);
  return (
    <svg
      class={plain ? 'spark plain' : 'spark'}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {stretchesOf(points).map((stretch) => (
        <g key={stretch[0]!.x}>
          <path class="band" d={bandOf(stretch, atX, atY)} />
          <path class="curve" d={lineOf(stretch.map((point) => [atX(point.x), atY(point.y!)]))} />
        </g>
      ))}
      {marks
        .filter((mark) => mark >= left && mark <= right)
        .map((mark) => (
          <line key={mark} class="mark" x1={atX(mark)} x2={atX(mark)} y1="0" y2={HEIGHT} />
        ))}
    </svg>
  );
}

/** Unbroken stretches: a gap and another way of scoring each begin a new one. */
export function stretchesOf<Point extends { readonly y: number | null; readonly segment?: string | null }>(
  points: readonly Point[],
): Point[][] {
  const stretches: Point[][] = [];
  let before: Point | undefined;
  for (const point of points) {
    if (point.y !== null) {
      const goesOn = before !== undefined && before.y !== null && before.segment === point.segment;
      if (goesOn) stretches.at(-1)!.push(point);
      else stretches.push([point]);
    }
    before = point;
  }
  return stretches;
}

function bandOf(stretch: readonly SparkPoint[], atX: (x: number) => string, atY: (y: number) => string): string {
  const banded = stretch.filter((point) => point.low != null && point.high != null);
  if (banded.length < 2) return '';
  const upper = banded.map((point) => [atX(point.x), atY(point.high!)] as const);
  const lower = banded.map((point) => [atX(point.x), atY(point.low!)] as const).reverse();
  return `${lineOf([...upper, ...lower])}Z`;
}

function lineOf(corners: readonly (readonly [string, string])[]): string {
  return `M${corners.map((corner) => corner.join(',')).join('L')}`;
}
