/** Numbers drawn as strokes: a picture in a mail has no fonts to rely on. */

/** On a grid 4 wide and 6 high, from the top left; a blank between two strokes of a glyph. */
const GLYPHS: Readonly<Record<string, string>> = {
  '0': '0,1 1,0 3,0 4,1 4,5 3,6 1,6 0,5 0,1',
  '1': '0.6,1.4 2,0 2,6',
  '2': '0,1 1,0 3,0 4,1 4,2.4 0,6 4,6',
  '3': '0,0 4,0 2,2.4 3,2.4 4,3.4 4,5 3,6 1,6 0,5',
  '4': '3,6 3,0 0,4 4,4',
  '5': '4,0 0.4,0 0.2,2.6 3,2.4 4,3.4 4,5 3,6 1,6 0,5',
  '6': '3.4,0 1.4,1 0,3.4 0,5 1,6 3,6 4,5 4,3.8 3,2.8 1,2.8 0,3.8',
  '7': '0,0 4,0 1.4,6',
  '8': '1,2.8 0,2 0,1 1,0 3,0 4,1 4,2 3,2.8 1,2.8 0,3.8 0,5 1,6 3,6 4,5 4,3.8 3,2.8',
  '9': '0.6,6 2.6,5 4,2.6 4,1 3,0 1,0 0,1 0,2.2 1,3.2 3,3.2 4,2.2',
  '.': '1.8,5.8 2.2,5.8 2.2,6 1.8,6 1.8,5.8',
  '-': '0.6,3 3.4,3',
  e: '0,4 4,4 4,3 3,2 1,2 0,3 0,5 1,6 3.6,6',
  k: '0.4,0 0.4,6|3.6,2.2 0.4,4.4|1.6,3.6 3.8,6',
  M: '0,6 0,0 2,3 4,0 4,6',
  '%': '4,0 0,6|0.2,0.4 1.2,0.4 1.2,1.6 0.2,1.6 0.2,0.4|2.8,4.4 3.8,4.4 3.8,5.6 2.8,5.6 2.8,4.4',
};

const ADVANCE = 6;

export interface StrokeText {
  readonly text: string;
  readonly x: number;
  /** Of its middle. */
  readonly y: number;
  readonly size: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** The `d` of an SVG path, to be stroked; what it has no glyph for is left out. */
export function strokeText({ text, x, y, size, anchor }: StrokeText): string {
  const scale = size / 6;
  const width = (text.length * ADVANCE - (ADVANCE - 4)) * scale;
  const left = x - (anchor === 'start' ? 0 : anchor === 'middle' ? width / 2 : width);
  return [...text]
    .flatMap((letter, position) =>
      (GLYPHS[letter] ?? '')
        .split('|')
        .filter(Boolean)
        .map((stroke) => {
          const points = stroke.split(' ').map((pair) => {
            const [dx = 0, dy = 0] = pair.split(',').map(Number);
            return `${round(left + (position * ADVANCE + dx) * scale)} ${round(y + (dy - 3) * scale)}`;
          });
          return `M${points.join('L')}`;
        }),
    )
    .join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
