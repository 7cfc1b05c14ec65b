import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { announceAddress, findAddress } from '../../src/api/address.ts';
import { ensureToken, findToken } from '../../src/api/token.ts';
import { redact } from '../../src/system/log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'libra-token-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const mode = () => statSync(join(directory, 'token')).mode & 0o777;

it('is made once, for its owner alone, and never logged', () => {
  const token = ensureToken(directory);
  expect(token.length).toBeGreaterThanOrEqual(43);
  expect(mode()).toBe(0o600);
  expect(ensureToken(directory)).toBe(token);
  expect(findToken(directory, {})).toBe(token);
  expect(redact(`sent ${token}`)).toBe('sent ***');
  expect(ensureToken(mkdtempSync(join(directory, 'other-')))).not.toBe(token);
});

it('is closed to others when it was open', () => {
  const token = ensureToken(directory);
  chmodSync(join(directory, 'token'), 0o644);
  expect(ensureToken(directory)).toBe(token);
  expect(mode()).toBe(0o600);
});

it('is made again when it was cut off', () => {
  writeFileSync(join(directory, 'token'), '');
  const token = ensureToken(directory);
  expect(token.length).toBeGreaterThanOrEqual(43);
  expect(readFileSync(join(directory, 'token'), 'utf8').trim()).toBe(token);
});

it('comes from the environment first, and is missed without an error', () => {
  expect(findToken(directory, {})).toBeNull();
  expect(findToken(directory, { LIBRA_TOKEN: 'given-by-hand' })).toBe('given-by-hand');
  expect(() => ensureToken(join(directory, 'nowhere'))).toThrow(
    expect.objectContaining({ code: 'LIBRA_DATA_NOT_WRITABLE' }),
  );
});

it('stands beside the address of the daemon, for as long as it runs', () => {
  expect(findAddress(directory)).toBeNull();
  const takeBack = announceAddress(directory, 'http://127.0.0.1:7700');
  expect(findAddress(directory)).toBe('http://127.0.0.1:7700');
  takeBack();
  expect(findAddress(directory)).toBeNull();
});
