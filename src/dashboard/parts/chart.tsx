/** A chart: drawn when ECharts is there, redrawn for theme and width, saved as PNG, SVG or CSV. */
import type { EChartsOption } from 'echarts';
import type { ECharts } from 'echarts/core';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useObservable } from '../observable.ts';
import { theme } from '../settings.ts';
import { useWords } from '../words.ts';
import { type ChartColors, readColors } from './chart-colors.ts';
import { type Cell, fileName, saveFile, toCsv } from './save-file.ts';

export type { ECharts } from 'echarts/core';

interface ChartProps {
  readonly name: string;
  readonly label: string;
  readonly height: number;
  readonly option: (colors: ChartColors, width: number) => EChartsOption;
  /** Drawn again when one of these changes. */
  readonly inputs: readonly unknown[];
  readonly csv: () => { readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] };
  /** For a chart that is read point by point: what makes it a control. */
  readonly control?: JSX.HTMLAttributes<HTMLDivElement>;
  /** Once, when it can be asked; the answer undoes it. */
  readonly onReady?: (chart: ECharts) => () => void;
}

export function Chart({ name, label, height, option, inputs, csv, control, onReady }: ChartProps) {
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<ECharts | null>(null);
  const [width, setWidth] = useState(0);
  const look = useObservable(theme);
  const isDark = useDarkness();

  useEffect(() => {
    let made: ECharts | null = null;
    let isGone = false;
    let undo: (() => void) | undefined;
    const watcher = new ResizeObserver(([entry]) => {
      made?.resize();
      setWidth(Math.round(entry?.contentRect.width ?? 0));
    });
    void import('./echarts.ts').then(({ init }) => {
      if (isGone || box.current === null) return;
      made = init(box.current, null, { renderer: 'canvas' });
      undo = onReady?.(made);
      watcher.observe(box.current);
      setChart(made);
    });
    return () => {
      isGone = true;
      watcher.disconnect();
      undo?.();
      made?.dispose();
    };
  }, []);

  useEffect(() => {
    if (chart === null || box.current === null || width === 0) return;
    chart.setOption({ animation: false, ...option(readColors(box.current), width) }, { notMerge: true });
    box.current.dataset.drawn = 'true';
  }, [chart, width, look, isDark, height, ...inputs]);

  const savePng = () => {
    if (chart === null || box.current === null) return;
    const url = chart.getDataURL({ pixelRatio: 2, backgroundColor: readColors(box.current).card });
    saveFile(`${fileName(name)}.png`, 'image/png', blobOf(url));
  };
  const saveSvg = async () => {
    if (box.current === null) return;
    const { init } = await import('./echarts.ts');
    const colors = readColors(box.current);
    const copy = init(null, null, { renderer: 'svg', ssr: true, width, height });
    copy.setOption({ animation: false, backgroundColor: colors.card, ...option(colors, width) });
    saveFile(`${fileName(name)}.svg`, 'image/svg+xml', copy.renderToSVGString());
    copy.dispose();
  };
  const saveCsv = () => {
    const { head, rows } = csv();
    saveFile(`${fileName(name)}.csv`, 'text/csv', toCsv(head, rows));
  };
  return (
    <>
      <div class="tools">
        {words.export}
        <button type="button" onClick={savePng}>
          PNG
        </button>
        <button type="button" onClick={() => void saveSvg()}>
          SVG
        </button>
        <button type="button" onClick={saveCsv}>
          CSV
        </button>
      </div>
      <div ref={box} class="chart" style={{ height: `${height}px` }} role="img" aria-label={label} {...control} />
    </>
  );
}

function useDarkness(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [isDark, setDark] = useState(query.matches);
  useEffect(() => {
    const follow = () => setDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return isDark;
}

function blobOf(dataUrl: string): Blob {
  const bytes = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
  return new Blob([Uint8Array.from(bytes, (character) => character.charCodeAt(0))], { type: 'image/png' });
}
