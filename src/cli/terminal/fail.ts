/** How a command fails: one sentence of what happened, one of what to do, the right exit code, and no stack on the screen. */
import { exitCodeOf, LibraError, messageOf } from '../../domain/errors.ts';
import { redact } from '../../system/log.ts';
import { createPalette, type Output, wantsColour } from './color.ts';

interface ErrorOutput extends Output {
  write(text: string): unknown;
}

/**
 * Prints any error as a person needs it and returns the exit code (2 wrong usage or configuration, 1 anything else).
 * LIBRA_DEBUG=1 adds the stack.
 */
export function fail(
  error: unknown,
  output: ErrorOutput = process.stderr,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): 1 | 2 {
  const palette = createPalette(wantsColour(output, environment));
  const hint =
    error instanceof LibraError
      ? error.hint
      : 'This is not an error Libra knows: run again with LIBRA_DEBUG=1 and report what it prints.';
  // The code is what a search, a script or another part of Libra can hold on to.
  const code = error instanceof LibraError ? ` ${palette.dim(`(${error.code})`)}` : '';
  const lines = [
    `${palette.red('error:')} ${sentence(messageOf(error))}${code}`,
    `${palette.cyan('hint:')} ${sentence(hint)}`,
  ];
  if (environment.LIBRA_DEBUG && error instanceof Error && error.stack) lines.push(palette.dim(error.stack));
  output.write(`${redact(lines.join('\n'))}\n`);
  return exitCodeOf(error);
}

/**
 * Call once at start. A closed pipe (`libra ... | head`) is no failure: `onClosed` (default: exit 0) is called once and later
 * writes are ignored. Any other error of the stream is thrown as it would have been.
 */
export function survivePipes(
  onClosed: () => void = () => process.exit(0),
  streams: readonly NodeJS.EventEmitter[] = [process.stdout, process.stderr],
): void {
  let isClosed = false;
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (isClosed) return;
      isClosed = true;
      onClosed();
    });
  }
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?:。！？`)]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
