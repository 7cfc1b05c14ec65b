/** Progress of long work: a bar on a terminal, a plain line now and then elsewhere, nothing for scripts. The only door to cli-progress. */
import { MultiBar, type SingleBar } from 'cli-progress';
import { type Output, wantsUnicode } from './color.ts';
import { pad, printable, truncate } from './width.ts';

export interface Progress {
  /** Work under this label begins or goes on; several labels may run side by side. */
  update(label: string, done: number, total: number): void;
  /** This label's work is over; its bar goes. */
  finish(label: string): void;
  /** A line of text that must not tear the bars apart. */
  print(line: string): void;
  /** Takes all bars off the screen; `print` still works. */
  stop(): void;
}

export interface ProgressOutput extends Output {
  write(text: string): unknown;
}

/** `auto`: bars when the stream is a terminal, else lines. `none`: for `--json` and `--quiet`; `print` then says nothing either. */
export function createProgress(
  output: ProgressOutput & NodeJS.WritableStream,
  mode: 'auto' | 'none' = 'auto',
): Progress {
  if (mode === 'none') return { update: () => {}, finish: () => {}, print: () => {}, stop: () => {} };
  return output.isTTY ? createBars(output) : createLines(output);
}

const LABEL_COLUMNS = 28;

function createBars(output: NodeJS.WritableStream): Progress {
  const bars = new Map<string, SingleBar>();
  let multi: MultiBar | null = null;
  const glyphs = wantsUnicode() ? ['█', '░'] : ['#', '-'];
  const label = (text: string): string => pad(truncate(printable(text), LABEL_COLUMNS), LABEL_COLUMNS);

  const close = (): void => {
    bars.clear();
    multi?.stop();
    multi = null;
  };
  return {
    update(name, done, total) {
      // Signals belong to the command, so the library must not take them (gracefulExit) nor hide the cursor from it.
      multi ??= new MultiBar({
        stream: output,
        format: '{label} {bar} {value}/{total} {eta_formatted}',
        barCompleteChar: glyphs[0]!,
        barIncompleteChar: glyphs[1]!,
        barsize: 24,
        fps: 8,
        clearOnComplete: true,
        hideCursor: false,
        gracefulExit: false,
        emptyOnZero: true,
      });
      const bar = bars.get(name) ?? multi.create(total, done, { label: label(name) });
      bars.set(name, bar);
      if (bar.getTotal() !== total) bar.setTotal(total);
      bar.update(done);
    },
    finish(name) {
      const bar = bars.get(name);
      if (bar === undefined) return;
      bars.delete(name);
      if (bars.size === 0) return close();
      bar.stop();
      multi?.remove(bar);
    },
    print(line) {
      if (multi === null) output.write(`${line}\n`);
      else {
        // Drawn at once: what is only buffered would be lost with the bars.
        multi.log(`${line}\n`);
        multi.update();
      }
    },
    stop: close,
  };
}

/** In a pipe or a log file: a line at each tenth of the way, so that a long file stays readable. */
function createLines(output: ProgressOutput): Progress {
  const tenths = new Map<string, number>();
  return {
    update(name, done, total) {
      if (total <= 0) return;
      const tenth = Math.floor((done / total) * 10);
      if (tenth <= (tenths.get(name) ?? 0)) return;
      tenths.set(name, tenth);
      output.write(`${printable(name)}: ${done} of ${total} (${tenth * 10} %)\n`);
    },
    finish(name) {
      tenths.delete(name);
    },
    print(line) {
      output.write(`${line}\n`);
    },
    stop: () => tenths.clear(),
  };
}
