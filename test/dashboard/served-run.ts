/** A recorded run, evaluated and served by the real daemon: what the page is looked at with. */
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../src/system/free-port.ts';
import { makePlace, recordedRun, watch } from '../e2e/watched-replay.ts';

export interface ServedRun {
  readonly base: string;
  readonly token: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Enough before and after each planted loss to see it. */
const STEPS = [80, 240, 400, 560, 720, 880, 1040, 1120, 1200, 1280, 1440];

/** @param docs of each task: few are quick, and enough to see the planted losses */
export async function serveForgetting(docs: number): Promise<ServedRun> {
  const place = await makePlace(docs);
  const source = recordedRun('forgetting');
  for (const name of [...STEPS.map((step) => `checkpoint-${step}`), 'data_mix.jsonl'])
    await cp(join(source, name), join(place.output, 'forgetting', name), { recursive: true });
  const port = await findFreePort();
  const libra = watch(place, ['--port', String(port)]);
  await libra.until(
    ({ event, step }) => event === 'evaluation.finished' && step === STEPS.at(-1),
    'the last evaluation',
  );
  await libra.until(({ event }) => event === 'alert.firing', 'an alert');
  return {
    base: `http://127.0.0.1:${port}`,
    token: (await readFile(join(place.data, 'token'), 'utf8')).trim(),
    async [Symbol.asyncDispose]() {
      await libra.kill();
      await place[Symbol.asyncDispose]();
    },
  };
}
