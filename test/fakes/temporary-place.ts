/** A directory that lives as long as the test that asked for it. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export async function temporaryPlace(): Promise<string> {
  const place = await realpath(await mkdtemp(join(tmpdir(), 'libra-test-')));
  onTestFinished(() => rm(place, { recursive: true, force: true }));
  return place;
}
