/** The configuration's file as it is written while the daemon looks at it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { openLivingConfig } from '../../src/daemon/living-config.ts';
import type { EventName } from '../../src/domain/event.ts';
import { createLog } from '../../src/system/log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'libra-living-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(yaml: string, apply: (config: Config) => void = () => {}) {
  const file = join(directory, 'libra.yaml');
  const write = (text: string) => writeFileSync(file, text);
  write(yaml);
  const load = () => loadConfig({ cwd: directory, env: {}, file }).config;
  const told: EventName[] = [];
  const log = createLog({ format: 'plain', level: 'error', write: () => {} });
  const living = openLivingConfig(
    load(),
    { file, load },
    { bus: { emit: (event) => void told.push(event) }, log, apply },
  );
  return { living, write, told, file };
}

const single = ({ current }: { readonly current: Config }) => current.alerts.thresholds.single;

it('an edit counts at the second look that finds it, once', () => {
  const { living, write, told } = open('alerts: {thresholds: {single: 5}}\n');
  write('alerts: {thresholds: {single: 7}}\n');
  expect([living.reread(), single(living)]).toEqual([false, 5]);
  expect([living.reread(), single(living)]).toEqual([true, 7]);
  expect(living.reread()).toBe(false);
  expect(told).toEqual(['config.changed']);
});

it('a file that an editor has emptied and not yet written, or moved away, still says what it said', () => {
  const { living, write, told, file } = open('alerts: {thresholds: {single: 5}}\n');
  write('');
  expect(living.reread()).toBe(false);
  write('alerts: {thresholds: {single: 7}}\n');
  expect([living.reread(), single(living)]).toEqual([false, 5]);
  expect([living.reread(), single(living)]).toEqual([true, 7]);
  rmSync(file);
  expect([living.reread(), living.reread(), single(living)]).toEqual([false, false, 7]);
  expect(told).toEqual(['config.changed']);
});

it('what can not be applied is rejected and the old configuration stays, until the file changes again', () => {
  const { living, write, told } = open('alerts: {thresholds: {single: 5}}\n', (config) => {
    if (config.alerts.thresholds.single === 7) throw new Error('a secret is missing');
  });
  write('alerts: {thresholds: {single: 7}}\n');
  for (const _look of [1, 2, 3]) expect([living.reread(), single(living)]).toEqual([false, 5]);
  write('alerts: {thresholds: {single: 8}}\n');
  expect([living.reread(), living.reread(), single(living)]).toEqual([false, true, 8]);
  expect(told).toEqual(['config.rejected', 'config.changed']);
});
