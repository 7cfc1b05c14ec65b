/** What happens, as one line for a person or one line of JSON for a script. */
import { nameOf } from '../../domain/capability.ts';
import type { EventName, LibraEvent } from '../../domain/event.ts';
import { type Palette, plainPalette } from './color.ts';
import { printable } from './width.ts';

type Describe = (event: LibraEvent, palette: Palette) => string | null;

/** One line of JSON with a newline; non-finite numbers become null. */
export function eventJsonLine(event: LibraEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/**
 * One line for the terminal, without a newline; null for what a person need not read (progress has its bars).
 * Starts with the local time of day, the run and the step.
 */
export function describeEvent(event: LibraEvent, palette: Palette = plainPalette): string | null {
  const what = DESCRIBE[event.event]?.(event, palette) ?? null;
  if (what === null) return null;
  const where = [event.run, event.step === undefined ? undefined : `step ${count(event.step)}`]
    .filter((part) => part !== undefined)
    .map(printable)
    .join(' ');
  return [palette.dim(timeOfDay(event.at)), where === '' ? '' : palette.bold(where), what].filter(Boolean).join('  ');
}

const DESCRIBE: Readonly<Record<EventName, Describe>> = {
  'run.found': (event) => `found a training run${said(event, 'path', ' in ')}`,
  'run.stalled': (event, palette) => palette.yellow(`training stalled${said(event, 'reason', ': ')}`),
  'run.finished': (event) => `training finished${said(event, 'reason', ': ')}`,
  'run.intervention': (event) => `the training was changed${said(event, 'note', ': ')}${said(event, 'by', ' - ')}`,
  'checkpoint.found': () => 'a checkpoint appears',
  'checkpoint.complete': (event) => `checkpoint complete${bytes(event.bytes)}`,
  'checkpoint.invalid': (event, palette) => palette.yellow(`checkpoint is invalid${said(event, 'reason', ': ')}`),
  'checkpoint.vanished': (event, palette) =>
    palette.yellow(`checkpoint was deleted before it could be kept${said(event, 'reason', ': ')}`),
  'checkpoint.skipped': (event) => `skipped${said(event, 'reason', ': ')}`,
  'evaluation.planned': (event) => `planned${counted(event.tasks, 'task')}${counted(event.docs, 'doc')}`,
  'evaluation.started': (event) => `evaluating${said(event, 'engine', ' with ')}`,
  'evaluation.progress': () => null,
  'evaluation.finished': (event, palette) =>
    `${palette.green('evaluated')}${score(event.score)}${counted(event.docs, 'doc')}${seconds(event.seconds)}`,
  'evaluation.failed': (event, palette) =>
    palette.red(`evaluation failed${said(event, 'reason', ': ') || said(event, 'error', ': ')}`) +
    said(event, 'hint', ' '),
  'verdict.suspected': (event, palette) => palette.yellow(`suspected drop${named(event)}`) + points(event.difference),
  'alert.firing': (event, palette) =>
    palette.red(`ALERT ${told(event.title) || named(event).trim() || told(event.kind)}`) + since(event),
  'alert.acknowledged': (event) => `alert acknowledged${said(event, 'title', ': ')}${said(event, 'note', ' - ')}`,
  'alert.silenced': (event) => `alert silenced${said(event, 'title', ': ')}${said(event, 'note', ' - ')}`,
  'alert.resolved': (event, palette) => palette.green(`alert resolved${said(event, 'title', ': ')}`),
  'engine.failed': (event, palette) =>
    palette.red(`the engine failed${said(event, 'reason', ': ') || said(event, 'error', ': ')}`) +
    said(event, 'hint', ' '),
  'config.changed': (event) =>
    `configuration changed${list(event.changed)}${list(event.needs_restart, ', needs a restart: ')}`,
  'config.rejected': (event, palette) =>
    palette.yellow(`the changed configuration is not used${said(event, 'reason', ': ')}`),
  'daemon.started': (event) => `Libra is watching${said(event, 'url', ': ')}`,
  'daemon.stopping': (event) => `stopping${said(event, 'reason', ': ')}`,
};

/** Texts of an event come from outside (file names, engine logs), so nothing in them may steer the terminal. */
function told(value: unknown): string {
  return typeof value === 'string' ? printable(value) : '';
}

function said(event: LibraEvent, key: string, lead: string): string {
  const text = told(event[key]);
  return text === '' ? '' : lead + text;
}

function list(keys: unknown, lead = ': '): string {
  const names = Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
  return names.length === 0 ? '' : lead + names.map(printable).join(', ');
}

function named(event: LibraEvent): string {
  const ids = Array.isArray(event.capabilities) ? event.capabilities : [event.capability ?? event.task];
  const names = ids.filter((id) => typeof id === 'string').map((id) => printable(nameOf(id).en));
  return names.length === 0 ? '' : ` in ${names.join(', ')}`;
}

function since(event: LibraEvent): string {
  const step = event.since_step ?? event.sinceStep;
  return typeof step === 'number' ? ` (since step ${count(step)})` : '';
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** The size of a change of a proportion, `: -4.2 points`. */
function points(value: unknown): string {
  return typeof value === 'number' ? `: ${value > 0 ? '+' : ''}${(value * 100).toFixed(1)} points` : '';
}

function counted(value: unknown, noun: string): string {
  const amount = Array.isArray(value) ? value.length : value;
  return typeof amount === 'number' ? `, ${count(amount)} ${noun}${amount === 1 ? '' : 's'}` : '';
}

function score(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value) ? `: ${(value * 100).toFixed(1)} % overall` : '';
}

function seconds(value: unknown): string {
  return typeof value === 'number' ? ` in ${value < 10 ? value.toFixed(1) : Math.round(value)} s` : '';
}

function bytes(value: unknown): string {
  if (typeof value !== 'number') return '';
  return `, ${formatBytes(value)}`;
}

/** Bytes as a person reads them, in powers of 1,000: `912 kB`, `16.1 GB`. */
export function formatBytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const amount = value / 1000 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[power]}`;
}

function timeOfDay(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '' : date.toTimeString().slice(0, 8);
}
