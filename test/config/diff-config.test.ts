import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { diffConfig, withLiveChanges } from '../../src/config/diff-config.ts';
import { loadConfig } from '../../src/config/load.ts';

const configOf = (...flags: [key: string, value: unknown][]) =>
  loadConfig({
    cwd: tmpdir(),
    env: {},
    flags: flags.map(([key, value]) => ({ key, value, flag: `--${key}` })),
  }).config;

test('names each key that changed, and whether it needs a restart', () => {
  const before = configOf();
  const after = configOf(['alerts.thresholds.single', 5], ['server.port', 8080], ['strategy', 'adaptive']);
  expect(diffConfig(before, after)).toEqual(
    expect.arrayContaining([
      { key: 'alerts.thresholds.single', before: '6', after: '5', isLive: true },
      { key: 'strategy.name', before: '"fixed"', after: '"adaptive"', isLive: true },
      { key: 'server.port', before: '7700', after: '8080', isLive: false },
    ]),
  );
  expect(diffConfig(before, after)).toHaveLength(3);
  expect(diffConfig(after, after)).toEqual([]);
});

test('takes what counts at once and leaves the rest as it was', () => {
  const next = withLiveChanges(configOf(), configOf(['alerts.thresholds.single', 5], ['server.port', 8080]));
  expect(next.alerts.thresholds.single).toBe(5);
  expect(next.server.port).toBe(7700);
});

test('takes what is set for a run at once, and says that another directory is watched after a restart only', () => {
  const runs = (...paths: string[]) => configOf(['runs', paths.map((path) => ({ path, tokens_per_step: 1000 }))]);
  const other = configOf(['runs', [{ path: '/a', tokens_per_step: 2000 }]]);
  expect(diffConfig(runs('/a'), other).map(({ key, isLive }) => [key, isLive])).toEqual([['runs', true]]);
  expect(diffConfig(runs('/a'), runs('/a', '/b')).map(({ key, isLive }) => [key, isLive])).toEqual([
    ['runs', true],
    ['runs.path', false],
  ]);
});

test('shows nothing that may hold a secret', () => {
  const hook = (url: string) => configOf(['notifiers', { team: { type: 'webhook', url } }]);
  const changes = diffConfig(hook('https://example.com/a-token'), hook('https://example.com/other-token'));
  expect(changes).toEqual([{ key: 'notifiers.team.url', before: '(not shown)', after: '(not shown)', isLive: true }]);
  const added = diffConfig(configOf(), hook('https://example.com/a-token'));
  expect(added.map(({ key }) => key)).toContain('notifiers.team');
  expect(JSON.stringify(added)).not.toContain('a-token');
});
