import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environmentNames } from '../../src/config/environment.ts';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { type ConfigKey, keysOf } from '../../src/config/key-tree.ts';
import { loadConfig } from '../../src/config/load.ts';
import { referenceText } from '../../src/config/reference.ts';
import { configSchema } from '../../src/config/schema.ts';
import { defineConfig } from '../../src/index.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/config/${name}`, import.meta.url));
const keys = keysOf(configSchema);
const below = (key: ConfigKey): ConfigKey[] => [key, ...[...key.keys, ...key.variants.flat()].flatMap(below)];

describe('the reference', () => {
  it('is committed as the schema makes it', async () => {
    await expect(referenceText()).toMatchFileSnapshot(fixture('everything.yaml'));
    await expect(`${JSON.stringify(jsonSchema(), null, 2)}\n`).toMatchFileSnapshot(fixture('libra.schema.json'));
  });

  it('has a sentence for every key', () => {
    expect(
      keys
        .flatMap(below)
        .filter((key) => !/^\S.*[.]$/.test(key.sentence))
        .map((key) => key.name),
    ).toEqual([]);
  });

  it.each(['minimal.yaml', 'everything.yaml'])('%s is a valid configuration, for us and for editors', (name) => {
    expect(loadConfig({ file: fixture(name), cwd: '/', env: {} }).file).toBe(fixture(name));
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(jsonSchema());
    expect(validate(parse(readFileSync(fixture(name), 'utf8'))), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ sever: {} })).toBe(false);
    expect(validate({ engine: 'http://x', strategy: 'smoke' })).toBe(true);
  });

  it('names everything: no key of the schema is left out', () => {
    const text = referenceText();
    expect(
      keys
        .flatMap(below)
        .filter((key) => !text.includes(`${key.name}:`))
        .map((key) => key.name),
    ).toEqual([]);
  });

  it('gives each one-line key one variable', () => {
    const names = environmentNames(keys);
    expect(names.get('LIBRA_PINS_MAX_BYTES')).toEqual(['pins', 'max_bytes']);
    expect(names.get('LIBRA_DATA')).toEqual(['data']);
    expect(names.has('LIBRA_RUNS')).toBe(false);
  });
});

describe('defineConfig', () => {
  it('is checked by the compiler and taken by the schema', () => {
    const config = defineConfig({ runs: [{ path: '/data' }], alerts: { samples: 'full' }, watch: { settle: '2s' } });
    expect(configSchema.parse(config)).toMatchObject({ watch: { settle: 2_000 }, alerts: { samples: 'full' } });
  });
});
