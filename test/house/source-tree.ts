/** What the house tests read: every source file with its imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

export const ROOT = new URL('../..', import.meta.url).pathname;

export interface SourceFile {
  /** Path below src/, e.g. `watch/settle.ts`. */
  readonly path: string;
  readonly text: string;
  /** Imports of our own files, as paths below src/. */
  readonly own: readonly string[];
  /** Imported packages and node: modules. */
  readonly packages: readonly string[];
}

export function readSourceTree(directory = join(ROOT, 'src')): SourceFile[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const text = readFileSync(file, 'utf8');
      const names = ts.preProcessFile(text, true, true).importedFiles.map((imported) => imported.fileName);
      return {
        path: relative(directory, file),
        text,
        own: names.filter((name) => name.startsWith('.')).map((name) => relative(directory, join(dirname(file), name))),
        packages: names.filter((name) => !name.startsWith('.')),
      };
    });
}
