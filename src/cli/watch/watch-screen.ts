/** What a person or a script sees of a running daemon: lines and bars, or events as JSON. */
import type { HeardEvent } from '../../daemon/event-bus.ts';
import { createPalette, wantsColour } from '../terminal/color.ts';
import { describeEvent, eventJsonLine } from '../terminal/event-lines.ts';
import { createProgress } from '../terminal/progress.ts';

export interface WatchScreen {
  readonly onEvent: (heard: HeardEvent) => void;
  /** Prints text that is no event (an alert's block) without tearing the bars. */
  readonly print: (text: string) => void;
  readonly stop: () => void;
}

/** With `json` stdout carries nothing but events; everything for people goes to stderr. */
export function openWatchScreen(json: boolean): WatchScreen {
  if (json) {
    return {
      onEvent: ({ event }) => process.stdout.write(eventJsonLine(event)),
      print: (text) => process.stderr.write(text),
      stop: () => {},
    };
  }
  const palette = createPalette(wantsColour(process.stdout, process.env));
  // Without a terminal a line a tenth would drown the news: then there is no progress at all.
  const progress = createProgress(process.stdout, 'auto');
  const hasBars = process.stdout.isTTY === true;
  return {
    onEvent: ({ event }) => {
      const label = `${event.run ?? ''} ${event.step ?? ''}`;
      if (event.event === 'evaluation.progress' && hasBars) {
        progress.update(label, Number(event.done), Number(event.total));
      }
      if (event.event === 'evaluation.finished' || event.event === 'evaluation.failed') progress.finish(label);
      const line = describeEvent(event, palette);
      if (line !== null) progress.print(line);
    },
    print: (text) => progress.print(text.replace(/\n$/, '')),
    stop: () => progress.stop(),
  };
}
