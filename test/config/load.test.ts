import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigSources, loadConfig } from '../../src/config/load.ts';
import type { LibraError } from '../../src/domain/errors.ts';
import { redact } from '../../src/system/log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'libra-config-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function load(yaml: string | null, more: Partial<ConfigSources> = {}) {
  if (yaml !== null) writeFileSync(join(directory, 'libra.yaml'), yaml);
  return loadConfig({ cwd: directory, env: {}, ...more }).config;
}

/** What is said of a wrong configuration, without the directory. */
function complaint(yaml: string | null, more: Partial<ConfigSources> = {}): { message: string; hint: string } {
  try {
    load(yaml, more);
  } catch (error) {
    const { code, message, hint } = error as LibraError;
    expect(code).toBe('LIBRA_CONFIG_INVALID');
    return { message: message.replaceAll(`${directory}/`, ''), hint };
  }
  throw new Error('this configuration was accepted');
}

describe('defaults', () => {
  it('need no file at all', () => {
    const config = load(null);
    expect(config).toMatchObject({
      runs: [],
      engine: { name: 'auto', url: null, devices: null, vllm: { python: null, args: [], dtype: null } },
      devices: [],
      strategy: { name: 'fixed', docs_per_task: 300 },
      alerts: { thresholds: { single: 6, several: 4.2, suspected: 3 }, samples: null, quiet_hours: null },
      notifiers: { terminal: { type: 'terminal' } },
      server: { host: '127.0.0.1', port: 7700, tokens: [] },
      pins: { min_free: { share: 0.1 } },
      retention: { events: 7 * 86_400_000 },
    });
  });

  it('hold for empty files and empty sections', () => {
    expect(load('')).toEqual(load(null));
    expect(load('# nothing\n')).toEqual(load('server: {}\n'));
  });
});

describe('sources', () => {
  it('win in the order flags, environment, file', () => {
    const yaml = 'server:\n  port: 1000\n  host: localhost\nstrategy: smoke\n';
    const env = { LIBRA_SERVER_PORT: '2000', LIBRA_STRATEGY_DOCS_PER_TASK: '20' };
    expect(load(yaml).server.port).toBe(1000);
    expect(load(yaml, { env })).toMatchObject({
      server: { port: 2000, host: 'localhost' },
      strategy: { name: 'smoke', docs_per_task: 20 },
    });
    const flags = [
      { key: 'server.port', value: '3000', flag: '--port' },
      { key: 'tasks.only', value: 'a, b', flag: '--tasks' },
    ];
    expect(load(yaml, { env, flags })).toMatchObject({ server: { port: 3000 }, tasks: { only: ['a', 'b'] } });
  });

  it('understand a name or a URL for the engine, and leave its other keys', () => {
    expect(load('engine: http://10.0.0.1:8000').engine).toMatchObject({
      name: 'auto',
      url: 'http://10.0.0.1:8000',
    });
    const engineFlag = (value: string) => [{ key: 'engine', value, flag: '--engine' }];
    const yaml = 'engine:\n  url: http://10.0.0.1:8000\n  threads: 3\n';
    expect(load(yaml, { flags: engineFlag('http://b:1') }).engine).toMatchObject({ url: 'http://b:1', threads: 3 });
    expect(load(yaml, { flags: engineFlag('embedded') }).engine).toMatchObject({
      name: 'embedded',
      url: null,
      threads: 3,
    });
  });

  it('use another file when it is named, by flag or environment', () => {
    mkdirSync(join(directory, 'etc'));
    writeFileSync(join(directory, 'etc', 'other.yaml'), 'server: {port: 1}');
    expect(load('server: {port: 2}', { file: 'etc/other.yaml' }).server.port).toBe(1);
    expect(load('server: {port: 2}', { env: { LIBRA_CONFIG: 'etc/other.yaml' } }).server.port).toBe(1);
    expect(complaint(null, { file: 'missing.yaml' }).message).toContain('missing.yaml cannot be read');
  });

  it('resolve paths against where they were written', () => {
    mkdirSync(join(directory, 'etc'));
    writeFileSync(
      join(directory, 'etc', 'libra.yaml'),
      'runs: [{path: ./out}, {path: ~/b}]\ntasks: {include_path: [tasks, /abs]}',
    );
    const config = load(null, {
      file: 'etc/libra.yaml',
      env: { HOME: '/home/mei' },
      flags: [{ key: 'data', value: 'data', flag: '--data' }],
    });
    expect(config.runs.map(({ path }) => path)).toEqual([join(directory, 'etc/out'), '/home/mei/b']);
    expect(config.tasks.include_path).toEqual([join(directory, 'etc/tasks'), '/abs']);
    expect(config.data).toBe(join(directory, 'data'));
  });

  it('ignore variables that belong to others', () => {
    const env = { LIBRA_URL: 'http://x', LIBRA_TOKEN: 't', LIBRA_SMTP_PASSWORD: 's', LIBRA_PORT: '', PATH: '/bin' };
    expect(load(null, { env })).toEqual(load(null));
  });
});

describe('mistakes', () => {
  it.each([
    ['sever:\n  port: 1\n', "libra.yaml:1: there is no key 'sever'; did you mean server?"],
    [
      '\nserver:\n  host: localhost\n  prot: 1\n',
      "libra.yaml:4: there is no key 'prot' in server; did you mean server.port?",
    ],
    [
      'alerts:\n  thresholds:\n    singel: 5\n',
      "libra.yaml:3: there is no key 'singel' in alerts.thresholds; did you mean alerts.thresholds.single?",
    ],
    ['port: 1\n', "libra.yaml:1: there is no key 'port'; did you mean server.port?"],
    ['maxBytes: 1\n', "libra.yaml:1: there is no key 'maxBytes'"],
    ['pins:\n  maxBytes: 1\n', 'did you mean pins.max_bytes?'],
    [
      'runs:\n  - path: /a\n  - path: /b\n    model-type: chat\n',
      "libra.yaml:4: there is no key 'model-type' in runs[1]; did you mean runs[1].model_type?",
    ],
    [
      'notifiers:\n  hook: {type: webhok, url: "http://x"}\n',
      "libra.yaml:2: notifiers.hook.type must be one of terminal, webhook, feishu, dingtalk, wecom, slack, discord, teams, telegram, command, file, email, found 'webhok'; did you mean webhook?",
    ],
    [
      'notifiers:\n  bot: {type: telegram, token: "env:T", chat: 1, url: "http://proxy.example"}\n',
      'libra.yaml:2: notifiers.bot.url must be a https address, since the token is part of it (http is for this machine only)',
    ],
    [
      'notifiers:\n  hook:\n    type: webhook\n    ulr: http://x\n',
      "libra.yaml:4: there is no key 'ulr' in notifiers.hook; did you mean notifiers.hook.url?",
    ],
    ['server: {port: seventy}\n', "libra.yaml:1: server.port must be a number, found 'seventy'"],
    ['server: {port: 70000}\n', 'server.port must be a number of at most 65535, found 70000'],
    ['server: 7700\n', 'server must be a section of keys, found 7700'],
    ['runs: /data\n', "runs must be a list, found '/data'"],
    ['runs: [{name: x}]\n', 'runs[0].path is missing'],
    ['strategy: {docs_per_task: 2.5}\n', 'strategy.docs_per_task must be a whole number, found 2.5'],
    ['watch: {abandon: soon}\n', "watch.abandon must be a duration such as 500ms, 30s, 5m, 2h or 7d, found 'soon'"],
    ['watch: {abandon: true}\n', 'watch.abandon must be text or a number with its unit, found true'],
    ['pins: {min_free: 110%}\n', "pins.min_free must be a size such as 20GB or a share such as 10%, found '110%'"],
    ['pins: {when_unlinkable: cpoy}\n', "must be one of copy, lease, none, found 'cpoy'; did you mean copy?"],
    [
      'alerts: {quiet_hours: {from: "25:00", to: "07:00"}}\n',
      "alerts.quiet_hours.from must be a time of day such as 22:00, found '25:00'",
    ],
    [
      'alerts: {routes: [{to: [opps]}]}\nnotifiers: {ops: {type: terminal}}\n',
      "alerts.routes[0].to[0] names the notifier 'opps', which does not exist (there are: ops); did you mean ops?",
    ],
    ['server: {host: 0.0.0.0}\n', "server.host is '0.0.0.0', which others can reach, so server.tokens must name"],
    ['capabilities: {mine: [basic.reasonning.math]}\n', 'did you mean basic.reasoning.math?'],
    ['- a\n- b\n', 'found a list'],
    ['server:\n', 'server must be a section of keys, found nothing'],
  ])('%j', (yaml, sentence) => {
    expect(complaint(yaml).message).toContain(sentence);
  });

  it('are all told at once, each with its line', () => {
    const { message, hint } = complaint(
      'sever: {}\nengine:\n  thread: 2\nserver:\n  port: x\nalerts:\n  routes:\n    - to: [nobody]\n',
    );
    expect(message.split('\n')).toHaveLength(5);
    for (const line of ['libra.yaml:1', 'libra.yaml:3', 'libra.yaml:5', 'libra.yaml:8'])
      expect(message).toContain(line);
    expect(hint).toContain('everything.yaml');
  });

  it('of the YAML itself are told with line and column', () => {
    expect(complaint('server:\n  port: [1\nhost: x\n').message).toMatch(/libra\.yaml:[23]:\d+: /);
    expect(complaint('server:\n  port: 1\n  port: 2\n').message).toContain(
      'libra.yaml:3:3: this key stands here twice',
    );
    expect(complaint('a: 1\n---\nb: 2\n').message).toContain('more than one document');
    expect(complaint('a: *nobody\n').message).toContain('nobody');
  });

  it('of flags and variables name the flag or variable', () => {
    const flags = [{ key: 'server.port', value: 'http', flag: '--port' }];
    expect(complaint('server: {port: 1}', { flags }).message).toContain(
      "--port: server.port must be a number, found 'http'",
    );
    expect(complaint(null, { env: { LIBRA_SERVER_PORT: '-1' } }).message).toContain(
      'LIBRA_SERVER_PORT: server.port must be',
    );
    expect(complaint(null, { env: { LIBRA_SERVR_PORT: '1' } }).message).toContain(
      'did you mean LIBRA_SERVER_PORT (server.port)?',
    );
  });

  it('never show a secret, wherever it was put', () => {
    const secret = 'hunter2-hunter2';
    const places = [
      `notifiers: {mail: {type: email, host: h, from: a, to: [b], password: ${secret}}}`,
      `notifiers: {mail: {type: email, host: h, from: a, to: [b], pasword: ${secret}}}`,
      `notifiers: {hook: {type: webhook, url: "http://x", secret: {value: ${secret}}}}`,
      `notifiers: {hook: {type: webhook, url: "${secret}"}}`,
      `server: {tokens: [{name: ci, token: ${secret}}]}`,
      `engine: {api_key: ${secret}}`,
      `server:\n  tokens: [{name: ci, token: "${secret}]`,
    ];
    for (const yaml of places) {
      const { message, hint } = complaint(yaml);
      expect(message + hint).not.toContain('hunter2');
    }
    expect(redact('nothing to hide')).toBe('nothing to hide');
  });
});

describe('values', () => {
  it('are read as people write them', () => {
    const config = load(`
watch: {settle: 750ms, abandon: 1h 30m}
pins: {max_bytes: 20GB, min_free: 5 GiB}
retention: {events: 90, answers: 2w}
capabilities: {our_law: [comprehensive.domain.law, basic.reasoning.spatial, our.own.skill]}
server: {host: 0.0.0.0, tokens: [{name: ci, token: env:CI_TOKEN, scopes: [read, act]}]}
`);
    expect(config.watch).toMatchObject({ settle: 750, abandon: 5_400_000 });
    expect(config.pins).toMatchObject({ max_bytes: 20e9, min_free: { bytes: 5 * 2 ** 30 } });
    expect(config.retention).toMatchObject({ events: 90_000, answers: 14 * 86_400_000 });
    expect(config.capabilities.our_law).toContain('basic.reasoning.spatial');
    expect(config.server.tokens[0]).toEqual({ name: 'ci', token: 'env:CI_TOKEN', scopes: ['read', 'act'] });
  });
});
