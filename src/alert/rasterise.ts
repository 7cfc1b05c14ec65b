/** Turns a drawing into PNG, which mail programs show (the only resvg import). */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Pixels a unit of the drawing, for screens that have so many. */
const DENSITY = 2;

let renderer: ReturnType<typeof open> | null = null;

export async function rasterise(svg: string): Promise<Buffer> {
  renderer ??= open();
  const { Resvg } = await renderer;
  const drawing = new Resvg(svg, { fitTo: { mode: 'zoom', value: DENSITY } });
  try {
    const image = drawing.render();
    const png = Buffer.from(image.asPng());
    image.free();
    return png;
  } finally {
    drawing.free();
  }
}

/** At the first picture: who sends none need not load it. */
async function open() {
  const resvg = await import('@resvg/resvg-wasm');
  const program = createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm');
  await resvg.initWasm(await readFile(program));
  return resvg;
}
