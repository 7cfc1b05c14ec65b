/** Reads what a run gained and lost beside a running daemon and prints it. */
import { readAlignmentTax } from '../../daemon/read-alignment-tax.ts';
import { openStoreForReading } from '../../store/open-store.ts';
import { systemClock } from '../../system/clock.ts';
import type { TaxOptions } from '../commands/tax.ts';
import { dataDirectoryOf } from '../data-directory.ts';
import { columnsOf, createPalette, type Output, wantsColour } from '../terminal/color.ts';
import { renderTax } from './render-tax.ts';

/** @throws LIBRA_RUN_UNKNOWN, LIBRA_NOT_FOUND when there is nothing to compare yet */
export function showTax(run: string, options: TaxOptions, output: Output & { write(text: string): unknown }): void {
  const store = openStoreForReading({ directory: dataDirectoryOf(options.data), now: systemClock.now });
  try {
    const tax = readAlignmentTax(store, run, options.checkpoint);
    if (options.json) {
      output.write(`${JSON.stringify(tax)}\n`);
      return;
    }
    const title = `${tax.checkpoint} (step ${tax.step}, ${tax.model_type}) against ${tax.base.path}`;
    const look = {
      palette: createPalette(wantsColour(output)),
      width: output.isTTY ? columnsOf(output, 80) : undefined,
      withTasks: options.tasks === true,
    };
    output.write(`${renderTax(title, tax, look)}\n`);
  } finally {
    store.close();
  }
}
