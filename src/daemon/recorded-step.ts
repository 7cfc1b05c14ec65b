/** Which step of training an evaluation is of: by the names of its folders and file, else by what its results say of the model. Pure. */
import { basename, dirname, relative, sep } from 'node:path';
import { stepOfName, stepWithin, tokensWithin } from '../checkpoint/step-name.ts';

export interface RecordedStep {
  readonly step: number;
  /** Null when the name does not say. */
  readonly tokens: number | null;
}

/** So far above the folder that was named a checkpoint's folder may stand. */
const LEVELS_ABOVE = 3;

/**
 * Null when nothing says it.
 * @param root the folder (or file) that was named
 * @param modelTexts revision, path or name of the model, the most telling first
 */
export function stepOfRecorded(path: string, root: string, modelTexts: readonly string[] = []): RecordedStep | null {
  const folders = foldersOf(path, root);
  const file = basename(path)
    .replace(/^(?:results?|samples)[_.-]?/i, '')
    .replace(/(?:\.jsonl?|\.gz)+$/, '');
  const above = foldersAbove(root);
  const models = modelTexts.flatMap((text) => [text.split(/[/\\]/).filter(Boolean).at(-1) ?? text, text]);
  return (
    first(folders, named) ??
    first([file], within) ??
    first(folders, within) ??
    first(above, named) ??
    first(models, named) ??
    first(models, within) ??
    first([...folders, ...models], bare) ??
    first([file], bare)
  );
}

/** From the file's own folder up to the root, the nearest first. */
function foldersOf(path: string, root: string): string[] {
  const inner = relative(root, dirname(path))
    .split(sep)
    .filter((part) => part !== '' && part !== '..');
  return [...inner.reverse(), ...(path === root ? [basename(dirname(path))] : [basename(root)])];
}

function foldersAbove(root: string): string[] {
  const names: string[] = [];
  for (let at = dirname(root); names.length < LEVELS_ABOVE && dirname(at) !== at; at = dirname(at))
    names.push(basename(at));
  return names;
}

function first(names: readonly string[], read: (name: string) => number | null): RecordedStep | null {
  for (const name of names) {
    const step = read(name);
    if (step !== null) return { step, tokens: tokensWithin(name) };
  }
  return null;
}

/** A whole name that trainers give; a bare number may be anything. */
function named(name: string): number | null {
  return /^\d+$/.test(name) ? null : (stepOfName(name)?.step ?? null);
}

function within(name: string): number | null {
  return stepWithin(name);
}

function bare(name: string): number | null {
  return /^\d{1,15}$/.test(name) ? Number(name) : null;
}
