import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveDataDirectory } from '../../src/config/data-directory.ts';
import { resolveSecret } from '../../src/config/secrets.ts';
import { createLog } from '../../src/system/log.ts';

const key = 'notifiers.hook.secret';

function logged(message: string): string {
  const lines: string[] = [];
  createLog({ format: 'json', level: 'info', write: (line) => lines.push(line) }).info(message, { message });
  return lines.join('');
}

describe('secrets', () => {
  it('are read from the environment or a file, and never logged afterwards', () => {
    const directory = mkdtempSync(join(tmpdir(), 'libra-secret-'));
    try {
      writeFileSync(join(directory, 'key'), 's3cret-of-file\n');
      expect(resolveSecret('env:HOOK', key, { HOOK: 's3cret-of-env' })).toBe('s3cret-of-env');
      expect(resolveSecret(`file:${directory}/key`, key, {})).toBe('s3cret-of-file');
      expect(resolveSecret('file:~/key', key, { HOME: directory })).toBe('s3cret-of-file');
      expect(resolveSecret('https://hook.example/t0ken', key, {})).toBe('https://hook.example/t0ken');
      expect(logged('a s3cret-of-env b s3cret-of-file c https://hook.example/t0ken')).not.toMatch(/s3cret|t0ken/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it.each([
    ['env:NOT_SET', 'NOT_SET'],
    ['env:EMPTY', 'EMPTY'],
    ['file:/nowhere/key', '/nowhere/key'],
    ['file:/dev/null', '/dev/null'],
  ])('that are missing (%s) name their key and what to set', (reference, named) => {
    expect(() => resolveSecret(reference, key, { EMPTY: '' })).toThrow(
      expect.objectContaining({
        code: 'LIBRA_SECRET_MISSING',
        message: expect.stringMatching(new RegExp(`^${key} needs .*${named}`)),
      }),
    );
  });
});

describe('the data directory', () => {
  it('is the one given, else where its standard says', () => {
    expect(resolveDataDirectory('/data', { XDG_DATA_HOME: '/x', HOME: '/h' })).toBe('/data');
    expect(resolveDataDirectory(null, { XDG_DATA_HOME: '/x', HOME: '/h' })).toBe('/x/libra');
    expect(resolveDataDirectory(null, { XDG_DATA_HOME: 'relative', HOME: '/h' })).toBe('/h/.local/share/libra');
  });
});
