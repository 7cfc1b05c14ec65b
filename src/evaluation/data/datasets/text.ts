/** Plain text: one doc a line, in the column `text`. */
import type { DatasetReader } from '../dataset.ts';
import { linesOf } from '../read-lines.ts';
import { wholeText } from '../whole-text.ts';

export const text: DatasetReader = {
  id: 'text',
  extensions: ['.txt'],
  names: ['text'],
  async *read(file, options) {
    if (options.sample_by === 'document') {
      yield [{ text: (await wholeText(file.text())).replace(/\r\n/g, '\n').replace(/\n$/, '') }];
      return;
    }
    for await (const lines of linesOf(file.text())) yield lines.map((line) => ({ text: line }));
  },
};
