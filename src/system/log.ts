/** Structured log: one line an entry on stderr, plain or JSON, with secrets redacted. */
import { rfc3339, systemClock } from './clock.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

const secrets = new Set<string>();

/** From now on this text is never written to a log. */
export function redactFromLogs(secret: string): void {
  if (secret.length >= 4) secrets.add(secret);
}

/** The text without any known secret. */
export function redact(text: string): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, '***');
  return clean;
}

export interface LogOptions {
  readonly format: 'plain' | 'json';
  readonly level: LogLevel;
  /** Where lines go; stderr by default. */
  readonly write?: (line: string) => void;
  readonly now?: () => number;
}

export function createLog(options: LogOptions): Log {
  const write = options.write ?? ((line: string) => process.stderr.write(`${line}\n`));
  const now = options.now ?? systemClock.now;
  const entry =
    (level: LogLevel) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      if (ORDER.indexOf(level) < ORDER.indexOf(options.level)) return;
      const at = rfc3339(now());
      const line =
        options.format === 'json'
          ? JSON.stringify({ at, level, message, ...fields })
          : plainLine(at, level, message, fields);
      write(redact(line));
    };
  return { debug: entry('debug'), info: entry('info'), warn: entry('warn'), error: entry('error') };
}

function plainLine(at: string, level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string {
  const details = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [at.slice(11, 19), level === 'info' ? '' : level.toUpperCase(), message, ...details].filter(Boolean).join(' ');
}

/** A log that says nothing, for tests and libraries. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
