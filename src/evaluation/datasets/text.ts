/** Plain text: one doc a line, in the column `text`. */
import type { DatasetReader } from '../dataset.ts';
import { linesOf } from '../read-lines.ts';

export const text: DatasetReader = {
  id: 'text',
  extensions: ['.txt'],
  names: ['text'],
  read: async (chunks, options) => {
    const lines: string[] = [];
    for await (const line of linesOf(chunks)) lines.push(line);
    return options.sample_by === 'document' ? [{ text: lines.join('\n') }] : lines.map((line) => ({ text: line }));
  },
};
