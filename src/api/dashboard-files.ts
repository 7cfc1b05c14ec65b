/** The built dashboard as it is served: read once, compressed when first asked for, nothing outside its own directory. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { LibraError } from '../domain/errors.ts';
import { PROJECT } from '../system/version.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Only its own files run, and nothing is asked of any other machine. */
export const DASHBOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface DashboardFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Compressed at the first call. */
  readonly gzipped: () => Buffer;
}

export interface DashboardFiles {
  /** @throws LIBRA_NOT_READY when it was not built */
  readonly page: () => DashboardFile;
  /** By its path below the dashboard, e.g. `assets/index-1a2b.js`. */
  readonly asset: (path: string) => DashboardFile | undefined;
}

const BUILT = fileURLToPath(new URL('dist/dashboard', PROJECT));

export function readDashboard(directory: string = BUILT): DashboardFiles {
  const files = new Map<string, DashboardFile>();
  if (existsSync(directory)) {
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      files.set(relative(directory, file).split(sep).join('/'), readOne(file));
    }
  }
  return {
    page() {
      const page = files.get('index.html');
      if (page !== undefined) return page;
      throw new LibraError('LIBRA_NOT_READY', 'The dashboard has not been built.', {
        hint: 'Run `npm run build` where Libra is installed and start it again; the API works without it.',
      });
    },
    asset: (path) => files.get(path),
  };
}

function readOne(file: string): DashboardFile {
  const bytes = readFileSync(file);
  let gzipped: Buffer | null = null;
  return {
    type: TYPES[extname(file)] ?? 'application/octet-stream',
    bytes,
    gzipped: () => (gzipped ??= gzipSync(bytes)),
  };
}
