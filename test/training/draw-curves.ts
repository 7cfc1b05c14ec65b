/** The recorded trainings as a picture that is readable on light and on dark pages. Pure: the same results give the same bytes. */
import type { TrainingResults, WatchedTraining } from './results.ts';

const [WIDTH, HEIGHT] = [860, 430];
const PLOT = { left: 64, right: 660, top: 64, bottom: 372 };

const STYLE = `text{font:13px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#1f2328}.quiet{fill:#59636e}.grid{stroke:#d1d9e0}
.line{fill:none;stroke-linejoin:round}.seed{stroke-width:1.2;opacity:.45}.mean{stroke-width:3}
.followed{stroke:#0969da}.left-alone{stroke:#bc4c00}text.followed{stroke:none;fill:#0969da}text.left-alone{stroke:none;fill:#bc4c00}
.mark{stroke:#59636e;stroke-dasharray:4 4}.band{fill:#59636e;opacity:.14}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}.grid{stroke:#3d444d}.followed{stroke:#4493f8}.left-alone{stroke:#f0883e}
text.followed{fill:#4493f8}text.left-alone{fill:#f0883e}.mark{stroke:#9198a1}.band{fill:#9198a1}}`;

interface Curve {
  readonly name: 'followed' | 'left-alone';
  readonly label: string;
  readonly runs: readonly WatchedTraining[];
}

export function drawCurves({ runs, mistake }: TrainingResults): string {
  const steps = runs[0]!.curve.map(({ step }) => step);
  const last = steps.at(-1)!;
  const docs = Object.values(runs[0]!.atEnd).reduce((sum, { length }) => sum + length, 0);
  const x = (step: number) => round(PLOT.left + ((PLOT.right - PLOT.left) * step) / last);
  const y = (accuracy: number) => round(PLOT.bottom - (PLOT.bottom - PLOT.top) * accuracy);
  const curves: readonly Curve[] = [
    { name: 'followed', label: 'advice followed', runs: runs.filter(({ follows }) => follows) },
    { name: 'left-alone', label: 'left alone', runs: runs.filter(({ follows }) => !follows) },
  ];
  const lineOf = (values: readonly number[], classes: string) =>
    `<polyline class="line ${classes}" points="${values.map((value, at) => `${x(steps[at]!)},${y(value)}`).join(' ')}"/>`;
  const alerts = runs.flatMap(({ alert }) => (alert ? [alert.step] : []));
  const changes = runs.flatMap(({ change }) => (change ? [change.step] : []));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="t">`,
    `<title id="t">Accuracy on Chinese docs over training steps: it falls where Chinese drops out of the data, comes back where Libra's advice is followed, and keeps falling where it is not</title>`,
    `<style>${STYLE}</style>`,
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((tick) => [
      `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick)}" y2="${y(tick)}"/>`,
      `<text class="quiet" x="${PLOT.left - 8}" y="${y(tick) + 4}" text-anchor="end">${100 * tick} %</text>`,
    ]),
    ...steps
      .filter((step) => step % 120 === 0)
      .map((step) => `<text class="quiet" x="${x(step)}" y="${PLOT.bottom + 20}" text-anchor="middle">${step}</text>`),
    `<text class="quiet" x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 14}" text-anchor="middle">training step</text>`,
    `<text x="${PLOT.left}" y="20">Accuracy on ${docs.toLocaleString('en-US')} held-out Chinese docs, measured by Libra</text>`,
    `<text class="quiet" x="${PLOT.left}" y="38">thin: ${curves[0]!.runs.length} seeds; bold: their mean</text>`,
    `<line class="mark" x1="${x(mistake.after)}" x2="${x(mistake.after)}" y1="${PLOT.top}" y2="${PLOT.bottom}"/>`,
    `<text class="quiet" x="${x(mistake.after) - 6}" y="${PLOT.bottom - 12}" text-anchor="end">Chinese drops out of the data</text>`,
    ...band(x, alerts, 'Libra alerts', y(0.5), PLOT.bottom, PLOT.bottom - 12),
    ...band(x, changes, 'Chinese is given back', PLOT.top, y(0.5), PLOT.top + 16),
    ...curves.flatMap(({ name, label, runs: own }) => {
      const mean = steps.map((_, at) => own.reduce((sum, { curve }) => sum + curve[at]!.accuracy, 0) / own.length);
      const end = mean.at(-1)!;
      return [
        ...own.map(({ curve }) =>
          lineOf(
            curve.map(({ accuracy }) => accuracy),
            `seed ${name}`,
          ),
        ),
        lineOf(mean, `mean ${name}`),
        `<text class="${name}" x="${PLOT.right + 10}" y="${y(end) + 4}">${label}: ${(100 * end).toFixed(1)} %</text>`,
      ];
    }),
    '</svg>\n',
  ].join('\n');
}

/** From the first seed's step to the last one's, with a word beside it. */
function band(
  x: (step: number) => number,
  steps: readonly number[],
  word: string,
  top: number,
  bottom: number,
  at: number,
) {
  const [left, right] = [x(Math.min(...steps)), x(Math.max(...steps))];
  return [
    `<rect class="band" x="${left}" y="${top}" width="${round(right - left)}" height="${round(bottom - top)}"/>`,
    `<text class="quiet" x="${round(right + 6)}" y="${at}">${word}</text>`,
  ];
}

const round = (value: number): number => Number(value.toFixed(1));
