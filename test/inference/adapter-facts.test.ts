import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelFacts } from '../../src/inference/model-facts.ts';
import { writeSeededAdapter } from '../embedded/seeded-adapter.ts';
import { temporaryDirectory } from '../embedded/temporary-directory.ts';

test('the facts of an adapter are those of its base, or of the base that is named', async () => {
  await using directory = await temporaryDirectory();
  const [adapter, base] = [join(directory.path, 'adapter'), join(directory.path, 'base')];
  await writeSeededAdapter('every_linear', adapter, base);
  const facts = await readModelFacts(adapter);
  expect(facts).toEqual({ ...(await readModelFacts(base)), adapter: facts.adapter });
  expect(facts.adapter).toMatchObject({ base, rank: expect.any(Number) });
  await expect(readModelFacts(adapter, '/nowhere/base')).rejects.toMatchObject({ code: 'LIBRA_BASE_MODEL_MISSING' });
});
