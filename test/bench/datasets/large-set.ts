/** A JSONL far larger than memory should hold: what loading takes, and what it holds at most. In a process of its own. */

import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figure } from '../time-lapse.ts';

/** @param bytes size of the file, e.g. 2e9 */
export async function benchLargeSet(bytes: number): Promise<Figure[]> {
  const place = await mkdtemp(join(tmpdir(), 'libra-large-'));
  try {
    const rows = await writeRows(join(place, 'docs.jsonl'), bytes);
    await writeFile(join(place, 'large.yaml'), TASK);
    const loader = fileURLToPath(new URL('./load-large-set.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', loader, place]);
    const { seconds, peakMegabytes, kept, size } = JSON.parse(stdout);
    if (size !== rows) throw new Error(`${size} docs were counted, not ${rows}`);
    return [
      {
        what: `a JSONL of ${(bytes / 1e9).toFixed(1)} GB, ${rows} docs, 5-shot from itself: processor time`,
        value: `${seconds.toFixed(1)} s`,
      },
      { what: `  peak memory, ${kept} docs kept`, value: `${Math.round(peakMegabytes)} MB` },
    ];
  } finally {
    await rm(place, { recursive: true });
  }
}

const TASK = `task: large
dataset_path: json
dataset_kwargs: {data_files: {test: docs.jsonl}}
test_split: test
fewshot_split: test
num_fewshot: 5
output_type: multiple_choice
doc_to_text: "{{question}}\\nAnswer:"
doc_to_choice: choices
doc_to_target: answer
`;

/** About 1 KB a doc; returns how many. */
async function writeRows(path: string, bytes: number): Promise<number> {
  const file = createWriteStream(path, { highWaterMark: 1 << 22 });
  const filler = 'The quick brown fox jumps over the lazy dog; 敏捷的棕色狐狸跳过了懒狗。 '.repeat(9);
  let written = 0;
  let rows = 0;
  while (written < bytes) {
    let piece = '';
    for (let i = 0; i < 2000 && written + piece.length < bytes; i++, rows++) {
      piece += `{"question": "Question ${rows}? ${filler}", "choices": ["red", "green", "blue", "none"], "answer": ${rows % 4}}\n`;
    }
    written += Buffer.byteLength(piece);
    if (!file.write(piece)) await new Promise<void>((resolve) => file.once('drain', () => resolve()));
  }
  await new Promise<void>((resolve) => file.end(() => resolve()));
  return rows;
}
