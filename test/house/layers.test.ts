/** Imports point one way, stages never meet, and each outside package has one door. */
import { describe, expect, it } from 'vitest';
import { readSourceTree, type SourceFile } from './source-tree.ts';

const STAGES = [
  'watch',
  'checkpoint',
  'strategy',
  'inference',
  'evaluation',
  'store',
  'trend',
  'alert',
  'config',
  'embedded',
];

/** Smaller may import larger only. */
const LAYER: Readonly<Record<string, number>> = {
  cli: 0,
  dashboard: 0,
  api: 1,
  daemon: 2,
  ...Object.fromEntries(STAGES.map((stage) => [stage, 3])),
  system: 4,
  domain: 5,
};

/** Package (or node: module) -> the only places that may import it. */
const DOORS: Readonly<Record<string, RegExp>> = {
  chokidar: /^watch\/watch-runs\.ts$/,
  fastify: /^api\//,
  'better-sqlite3': /^store\//,
  'node-cron': /^daemon\/schedule\.ts$/,
  '@resvg/resvg-wasm': /^alert\/rasterise\.ts$/,
  nodemailer: /^alert\/notifiers\/email\.ts$/,
  commander: /^cli\//,
  'cli-progress': /^cli\/terminal\/progress\.ts$/,
  'onnxruntime-node': /^embedded\//,
  'opencc-js': /^evaluation\/perturbing\/chinese-script\.ts$/,
  'pinyin-pro': /^evaluation\/perturbing\/homophones\.ts$/,
  hyparquet: /^evaluation\/data\/datasets\/parquet\.ts$/,
  'hyparquet-compressors': /^evaluation\/data\/datasets\/parquet\.ts$/,
  fzstd: /^evaluation\/data\/unpack-zstd\.ts$/,
  yauzl: /^embedded\/weights\/zip-archive\.ts$/,
  preact: /^dashboard\//,
  echarts: /^dashboard\/parts\//,
  vite: /^dashboard\/vite\.config\.ts$/,
  'node:child_process': /^system\/process\.ts$/,
};

const room = (path: string) => path.split('/')[0] ?? '';

function wrongImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.own
      .filter((target) => {
        const [from, to] = [room(file.path), room(target)];
        if (file.path === 'index.ts' || from === to) return false;
        const [here, there] = [LAYER[from], LAYER[to]];
        return here === undefined || there === undefined || there <= here;
      })
      .map((target) => `${file.path} -> ${target}`),
  );
}

describe('the source tree', () => {
  const files = readSourceTree();

  it('has files at all', () => expect(files.length).toBeGreaterThan(50));

  it('imports one way, and stages never import each other', () => {
    expect(wrongImports(files)).toEqual([]);
  });

  it('notices a stage that imports another', () => {
    const planted = { path: 'watch/bad.ts', text: '', own: ['store/open-store.ts'], packages: [] };
    expect(wrongImports([planted])).toEqual(['watch/bad.ts -> store/open-store.ts']);
  });

  it('lets the dashboard know the contract of the API and nothing else, and only its types', () => {
    const offenders = files
      .filter(({ path }) => room(path) === 'dashboard')
      .flatMap(({ path, text, own }) => {
        const outside = own.filter((target) => room(target) !== 'dashboard');
        const typesOnly = [...text.matchAll(/^import type [^;]*?from '(?:\.\.\/)+api\/contract[\w-]*\.ts';$/gm)].length;
        return outside.length === typesOnly ? [] : [`${path} -> ${outside.join(', ')}`];
      });
    expect(offenders).toEqual([]);
  });

  it('opens each outside package through its one door', () => {
    const offenders = files.flatMap((file) =>
      file.packages
        .filter((name) => {
          const door = Object.entries(DOORS).find(([key]) => name === key || name.startsWith(`${key}/`));
          return door !== undefined && !door[1].test(file.path);
        })
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(offenders).toEqual([]);
  });

  it('lets adapters of a catalogue know their interface, never each other', () => {
    const catalogue =
      /^(\w+\/(?:formats|telemetry-readers|strategies|engines|launchers|filters|metrics|notifiers|datasets|perturbations))\//;
    const offenders = files.flatMap((file) => {
      const folder = catalogue.exec(file.path)?.[1];
      if (folder === undefined || file.path.endsWith('/index.ts')) return [];
      return file.own.filter((target) => target.startsWith(`${folder}/`)).map((target) => `${file.path} -> ${target}`);
    });
    expect(offenders).toEqual([]);
  });
});
