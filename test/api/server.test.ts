import Ajv2020 from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../src/api/server.ts';
import { silentLog } from '../../src/system/log.ts';
import { DOCS, NODE, RUN, STEPS, TASK } from './seeded-store.ts';
import { startServer, type TestServer, TOKEN, withToken } from './start-server.ts';

let test: TestServer;
beforeAll(() => {
  test = startServer();
});
afterAll(() => test.stop());

const host = '127.0.0.1:7700';
const get = (url: string, headers: Record<string, string> = {}) =>
  test.server.app.inject({ method: 'GET', url, headers: { host, ...headers } });
const post = (url: string, payload?: unknown, headers: Record<string, string> = withToken) =>
  test.server.app.inject({
    method: 'POST',
    url,
    headers: { host, 'content-type': 'application/json', ...headers },
    ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
  });

describe('who is let in', () => {
  it('reads on loopback without a token', async () => {
    expect((await get('/api/v1/runs')).statusCode).toBe(200);
  });

  it.each(['evil.example', 'evil.example:7700', '127.0.0.1.evil.example', 'localhost.evil.example'])(
    'does not answer for the host %j',
    async (name) => {
      for (const url of ['/api/v1/runs', '/', '/api/openapi.json', '/nothing']) {
        const reply = await get(url, { host: name });
        expect(reply.statusCode).toBe(421);
        expect(reply.json().code).toBe('LIBRA_HOST_REFUSED');
      }
    },
  );

  it.each(['localhost:1', '[::1]:7700', 'LOCALHOST', '127.0.0.1'])('answers for %j', async (name) => {
    expect((await get('/api/v1/runs', { host: name })).statusCode).toBe(200);
  });

  it('answers a proxy that shows a token, whatever its host', async () => {
    expect((await get('/api/v1/runs', { host: 'libra.example', ...withToken })).statusCode).toBe(200);
  });

  it('is probed under any host', async () => {
    expect((await get('/healthz', { host: 'probe' })).json()).toEqual({ status: 'ok', version: '9.9.9' });
  });

  it('writes nothing without the token, even on loopback', async () => {
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: TOKEN }]) {
      const reply = await post(`/api/v1/alerts/alert-1/acknowledge`, {}, headers);
      expect(reply.statusCode).toBe(401);
      expect(reply.headers['www-authenticate']).toContain('Bearer');
      expect(reply.json()).toMatchObject({ code: 'LIBRA_TOKEN_MISSING', status: 401 });
    }
    expect(test.store.alerts.get('alert-1')!.state).toBe('firing');
  });

  it('refuses to start where others can reach it without tokens', () => {
    for (const name of ['0.0.0.0', '::', '10.0.0.3', 'trainer.example']) {
      expect(() => createServer({ ...options(), config: { host: name, port: 0, tokens: [] } })).toThrow(
        expect.objectContaining({ code: 'LIBRA_CONFIG_INVALID' }),
      );
    }
  });

  it('wants a token for reading where others can reach it, and keeps scopes apart', async () => {
    const tokens = [
      { name: 'page', token: 'reading-only', scopes: ['read'] as const },
      { name: 'ci', token: 'acting-too', scopes: ['act'] as const },
    ];
    const { app } = createServer({ ...options(), config: { host: '0.0.0.0', port: 0, tokens } });
    const ask = (method: 'GET' | 'POST', url: string, token?: string) =>
      app.inject({ method, url, headers: { host, ...(token ? { authorization: `Bearer ${token}` } : {}) } });
    expect((await ask('GET', '/api/v1/runs')).statusCode).toBe(401);
    expect((await ask('GET', '/metrics')).statusCode).toBe(401);
    expect((await ask('GET', '/api/v1/events')).statusCode).toBe(401);
    expect((await ask('GET', '/api/v1/runs', 'reading-only')).statusCode).toBe(200);
    expect((await ask('POST', '/api/v1/alerts/nope/resolve', 'reading-only')).statusCode).toBe(403);
    expect((await ask('POST', '/api/v1/alerts/nope/resolve', 'acting-too')).statusCode).toBe(404);
    expect((await ask('GET', '/')).statusCode).toBe(200);
    await app.close();
  });
});

const options = () => ({
  store: test.store,
  events: test.events,
  token: TOKEN,
  poke: () => {},
  version: '9.9.9',
  log: silentLog,
});

describe('errors', () => {
  it.each([
    ['/api/v1/runs/nope', 404, 'LIBRA_RUN_UNKNOWN'],
    ['/api/v1/checkpoints/nope', 404, 'LIBRA_NOT_FOUND'],
    ['/api/v1/alerts/nope', 404, 'LIBRA_NOT_FOUND'],
    ['/api/v1/plans/nope', 404, 'LIBRA_NOT_FOUND'],
    ['/api/v1/nothing', 404, 'LIBRA_NOT_FOUND'],
    ['/api/v1/runs?limit=0', 400, 'LIBRA_REQUEST_INVALID'],
    ['/api/v1/runs?limit=', 400, 'LIBRA_REQUEST_INVALID'],
    ['/api/v1/runs?limt=3', 400, 'LIBRA_REQUEST_INVALID'],
    [`/api/v1/runs/${RUN}/trends?max_points=many`, 400, 'LIBRA_REQUEST_INVALID'],
    [`/api/v1/runs/${RUN}/checkpoints?after=nope`, 404, 'LIBRA_NOT_FOUND'],
    ['/api/v1/events?since=abc', 400, 'LIBRA_REQUEST_INVALID'],
    ['/api/v1/runs/%zz', 400, 'LIBRA_REQUEST_INVALID'],
  ])('%s is a problem', async (url, status, code) => {
    const reply = await get(url);
    expect(reply.headers['content-type']).toContain('application/problem+json');
    expect(reply.json()).toMatchObject({ status, code, type: `urn:libra:error:${code}` });
    expect(reply.statusCode).toBe(status);
    expect(reply.json().detail.length * reply.json().hint.length).toBeGreaterThan(0);
  });

  it('names what is wrong in a query and in a body', async () => {
    expect((await get('/api/v1/runs?limt=3')).json().errors[0].message).toContain('limt');
    const reply = await post('/api/v1/checkpoints/notify', { path: 7 });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().errors[0].at).toBe('body.path');
  });

  it('takes JSON only, and no more than it must', async () => {
    const empty = await post('/api/v1/checkpoints/notify');
    expect([empty.statusCode, empty.json().code]).toEqual([400, 'LIBRA_REQUEST_INVALID']);
    const plain = await post(
      '/api/v1/checkpoints/notify',
      { path: '/x' },
      { ...withToken, 'content-type': 'text/plain' },
    );
    expect(plain.statusCode).toBe(415);
    const form = await test.server.app.inject({
      method: 'POST',
      url: '/api/v1/checkpoints/notify',
      headers: { host, ...withToken, 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'path=/x',
    });
    expect(form.statusCode).toBe(415);
    expect((await post('/api/v1/checkpoints/notify', { path: 'x'.repeat(100_000) })).statusCode).toBe(413);
    const broken = await test.server.app.inject({
      method: 'POST',
      url: '/api/v1/checkpoints/notify',
      headers: { host, ...withToken, 'content-type': 'application/json' },
      payload: '{"path": ',
    });
    expect(broken.statusCode).toBe(400);
    expect(broken.json().code).toBe('LIBRA_REQUEST_INVALID');
  });

  it('tells the log, not the client, what broke inside', async () => {
    const lines: string[] = [];
    const log = { ...silentLog, error: (_: string, fields: object = {}) => void lines.push(JSON.stringify(fields)) };
    const store = {
      ...test.store,
      runs: {
        ...test.store.runs,
        list: () => {
          throw new Error('secret path /root/x');
        },
      },
    };
    const { app } = createServer({ ...options(), store, log, config: { host: '127.0.0.1', port: 0, tokens: [] } });
    const reply = await app.inject({ url: '/api/v1/runs', headers: { host } });
    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain('secret');
    expect(lines.join()).toContain('secret path');
    await app.close();
  });
});

describe('the document', () => {
  const URLS = [
    ['/api/v1/runs', '/api/v1/runs'],
    ['/api/v1/runs/{run}', `/api/v1/runs/${RUN}`],
    ['/api/v1/runs/{run}/checkpoints', `/api/v1/runs/${RUN}/checkpoints`],
    ['/api/v1/runs/{run}/trends', `/api/v1/runs/${RUN}/trends`],
    ['/api/v1/runs/{run}/verdicts', `/api/v1/runs/${RUN}/verdicts?last=3`],
    ['/api/v1/runs/{run}/advice', `/api/v1/runs/${RUN}/advice`],
    ['/api/v1/runs/{run}/interventions', `/api/v1/runs/${RUN}/interventions`],
    ['/api/v1/runs/{run}/state', `/api/v1/runs/${RUN}/state`],
    ['/api/v1/runs/{run}/alignment-tax', `/api/v1/runs/${RUN}/alignment-tax?checkpoint=${RUN}-900`],
    ['/api/v1/checkpoints/{id}/explain', `/api/v1/checkpoints/${RUN}-100/explain`],
    ['/api/v1/checkpoints/{id}', `/api/v1/checkpoints/${RUN}-100`],
    ['/api/v1/checkpoints/{id}/scores', `/api/v1/checkpoints/${RUN}-100/scores`],
    ['/api/v1/checkpoints/{id}/verdicts', `/api/v1/checkpoints/${RUN}-1000/verdicts?kind=worse`],
    ['/api/v1/checkpoints/{id}/samples', `/api/v1/checkpoints/${RUN}-100/samples?task=${TASK}`],
    ['/api/v1/plans/{id}', '/api/v1/plans/plan-100'],
    ['/api/v1/compare', `/api/v1/compare?a=${RUN}-900&b=${RUN}@1200`],
    ['/api/v1/experiments', `/api/v1/experiments?runs=${RUN},${RUN}&task=${TASK}`],
    ['/api/v1/alerts', '/api/v1/alerts'],
    ['/api/v1/alerts/{id}', '/api/v1/alerts/alert-1'],
    ['/healthz', '/healthz'],
    ['/readyz', '/readyz'],
  ] as const;

  it('is OpenAPI 3.1 and says what the routes really return', async () => {
    const document = (await get('/api/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    const ajv = new Ajv2020.default({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'libra', ...document });
    const validator = (path: string, method: string, status: string, media: string) => {
      const pointer = ['paths', path, method, 'responses', status, 'content', media, 'schema']
        .map((part) => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1')))
        .join('/');
      const validate = ajv.getSchema(`libra#/${pointer}`);
      if (!validate) throw new Error(`no schema for ${method} ${path} ${status}`);
      return (value: unknown) => (validate(value) ? [] : validate.errors);
    };
    for (const [path, url] of URLS) {
      const reply = await get(url);
      expect([path, reply.statusCode]).toEqual([path, 200]);
      expect([path, validator(path, 'get', '200', 'application/json')(reply.json())]).toEqual([path, []]);
    }
    const problem = (await get('/api/v1/runs/nope')).json();
    expect(validator('/api/v1/runs/{run}', 'get', 'default', 'application/problem+json')(problem)).toEqual([]);
    expect(validator('/api/v1/runs/{run}', 'get', 'default', 'application/problem+json')({})).not.toEqual([]);

    const described = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const tried = URLS.map(([path]) => `get ${path}`);
    const posts = ['acknowledge', 'silence', 'resolve'].map((answer) => `post /api/v1/alerts/{id}/${answer}`);
    expect(described.sort()).toEqual(
      [
        ...tried,
        ...posts,
        'post /api/v1/runs/{run}/interventions',
        'post /api/v1/runs/{run}/watch-closer',
        'post /api/v1/checkpoints/notify',
        'get /api/v1/events',
        'get /metrics',
      ].sort(),
    );
    expect(JSON.stringify(document)).not.toContain('#/$defs');
    for (const ref of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(document.components.schemas).toHaveProperty(ref[1]!);
    }
  });

  it('has a page for people that needs nothing from elsewhere', async () => {
    const reply = await get('/api/docs');
    expect(reply.body).toContain('/api/v1/runs/{run}/trends');
    expect(reply.body).not.toMatch(/<script|https?:\/\//);
  });
});

describe('what is read', () => {
  it('gives the newest verdicts of a run, capability by capability', async () => {
    const { checkpoints } = (await get(`/api/v1/runs/${RUN}/verdicts?last=3`)).json();
    expect(checkpoints.map((one: { step: number }) => one.step)).toEqual([1000, 1100, 1200]);
    expect(checkpoints[0].verdicts).toContainEqual(
      expect.objectContaining({ capability: NODE, kind: 'worse', ci95: [-0.25, -0.1], n: 300 }),
    );
  });

  it('says an alert as it is sent, in both languages', async () => {
    const { message, title_zh: title } = (await get('/api/v1/alerts/alert-1')).json();
    expect(message.zh.title).toBe(title);
    expect(message.en.lead).toMatch(/step 900/);
    expect(JSON.stringify(message.zh.sections)).toContain('大的反义词是?');
  });

  it('lists runs with their newest checkpoint and open alerts', async () => {
    expect((await get('/api/v1/runs')).json().items).toMatchObject([
      { id: RUN, checkpoints: 13, evaluated: 12, open_alerts: 1, latest_checkpoint: { step: 1300, state: 'failed' } },
    ]);
  });

  it('pages through checkpoints without missing or repeating one', async () => {
    const seen: number[] = [];
    for (let after = ''; ; ) {
      const page = (await get(`/api/v1/runs/${RUN}/checkpoints?limit=5${after}`)).json();
      seen.push(...page.items.map((item: { step: number }) => item.step));
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
    expect(seen).toEqual([...STEPS, 1300]);
  });

  it('shows a checkpoint with its way through the states', async () => {
    const checkpoint = (await get(`/api/v1/checkpoints/${RUN}-100`)).json();
    expect(checkpoint.history.map((one: { to: string }) => one.to)).toEqual([
      'found',
      'complete',
      'queued',
      'evaluating',
      'evaluated',
    ]);
    expect(checkpoint.evaluation).toMatchObject({
      state: 'finished',
      engine: 'embedded',
      seconds: 1.5,
      plan: 'plan-100',
    });
    expect(checkpoint.found_at).toMatch(/^2026-01-02T.*Z$/);
  });

  it('gives scores their interval, and a probe the direction of its task', async () => {
    const { scores } = (await get(`/api/v1/checkpoints/${RUN}-900/scores`)).json();
    const find = (key: object) =>
      scores.find((score: object) => Object.entries(key).every(([k, v]) => (score as never)[k] === v));
    expect(find({ capability: 'probe.lm' })).toMatchObject({ higher_is_better: false, tasks: ['stories'] });
    const acc = find({ task: TASK, metric: 'acc' });
    expect(acc.ci95[0]).toBeCloseTo(0.5944, 3); // Wilson, 195 of 300
    expect(acc.ci95[1]).toBeCloseTo(0.7018, 3);
    expect(find({ task: 'stories' })).toMatchObject({ stderr: null, ci95: [null, null] });
  });

  it('explains how each mean is made', async () => {
    const { nodes, tasks } = (await get(`/api/v1/checkpoints/${RUN}-500/explain?task=${TASK}`)).json();
    expect(tasks).toEqual([expect.objectContaining({ task: TASK, fingerprint: 'f500', prompt_hash: 'p1' })]);
    expect(nodes).toEqual([]);
    const whole = (await get(`/api/v1/checkpoints/${RUN}-500/explain?capability=*`)).json();
    expect(whole.nodes).toEqual([
      expect.objectContaining({
        capability: '*',
        name: { zh: '总体', en: 'Overall' },
        segment: 's1',
        members: [expect.objectContaining({ weight: 1, n: expect.any(Number) })],
        missing: [],
      }),
    ]);
  });

  it('tells what was gained and lost against the base model', async () => {
    const tax = (await get(`/api/v1/runs/${RUN}/alignment-tax?checkpoint=${RUN}-900`)).json();
    expect(tax).toMatchObject({ model_type: 'chat', step: 900, base: { checkpoint: `${RUN}-1200` } });
    const row = tax.rows.find(({ task }: { task: string | null }) => task === TASK);
    expect(row).toMatchObject({ verdict: 'raised', gained: 60, lost: 0, n: DOCS });
    expect(row.difference).toBeCloseTo(0.2, 9);
    expect((await get(`/api/v1/runs/${RUN}`)).json().model).toMatchObject({ type: 'chat', base_run: RUN });
    expect((await get(`/api/v1/runs/${RUN}/alignment-tax?checkpoint=nope`)).statusCode).toBe(404);
  });

  it('shows samples page by page, and only those that changed', async () => {
    const all = (await get(`/api/v1/checkpoints/${RUN}-100/samples?task=${TASK}&limit=2`)).json();
    expect(all.items.map((sample: { doc_id: string }) => sample.doc_id)).toEqual(['doc-0', 'doc-1']);
    expect(all.items[0].answer.logprobs).toEqual([-1, null]);
    const next = (await get(`/api/v1/checkpoints/${RUN}-100/samples?task=${TASK}&limit=2&after=${all.next}`)).json();
    expect(next.items[0].doc_id).toBe('doc-2');
    const changed = (
      await get(`/api/v1/checkpoints/${RUN}-1000/samples?task=${TASK}&changed_against=${RUN}-900&limit=1000`)
    ).json();
    expect(changed.items).toHaveLength(60);
    expect(changed.items[0]).toMatchObject({ values: { acc: 0 }, before: { values: { acc: 1 } } });
  });

  it('answers trends with gaps, verdicts, telemetry and alerts', async () => {
    const trends = (await get(`/api/v1/runs/${RUN}/trends?capability=${NODE}`)).json();
    expect(trends.series).toHaveLength(1);
    const [series] = trends.series;
    expect(series).toMatchObject({
      capability: NODE,
      task: null,
      unit: 'proportion',
      higher_is_better: true,
      name: { zh: '语义关系' },
    });
    const at = (step: number) => series.points.find((point: { step: number }) => point.step === step);
    expect(at(1000)).toMatchObject({ value: 0.45, n: 300, verdict: 'worse', checkpoint: `${RUN}-1000` });
    expect(at(1000).ci95[0]).toBeLessThan(0.45);
    expect(at(500)).toMatchObject({ value: null, n: 0 });
    expect(at(1300)).toMatchObject({ value: null });
    expect(trends.alerts).toMatchObject([{ id: 'alert-1', step: 1000, since_step: 900, capabilities: [NODE] }]);
    const broken = trends.telemetry.find((point: { non_finite: string[] }) => point.non_finite.length > 0);
    expect(broken).toMatchObject({ step: 1120, loss: null, grad_norm: null, non_finite: ['loss', 'grad_norm'] });
    const probe = (await get(`/api/v1/runs/${RUN}/trends?capability=probe.lm`)).json().series[0];
    expect(probe).toMatchObject({ unit: 'bits per byte', higher_is_better: false });
    expect(probe.points.find((point: { step: number }) => point.step === 1000).verdict).toBe('worse');
  });

  it('narrows trends by task, metric and steps', async () => {
    const trends = (await get(`/api/v1/runs/${RUN}/trends?task=${TASK}&metric=acc&from=300&to=700`)).json();
    expect(trends.series).toHaveLength(1);
    expect(trends.series[0].points.map((point: { step: number }) => point.step)).toEqual([300, 400, 500, 600, 700]);
    expect(trends.alerts).toEqual([]);
  });

  it('says nothing again when nothing changed', async () => {
    const first = await get('/api/v1/runs');
    const again = await get('/api/v1/runs', { 'if-none-match': String(first.headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await get('/api/v1/runs', { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  it('tells a trainer what is known to be good', async () => {
    expect((await get(`/api/v1/runs/${RUN}/state`)).json()).toMatchObject({
      suggested_action: 'roll_back',
      suggested_changes: [
        {
          alert: 'alert-1',
          change: { kind: 'lower_learning_rate', learning_rate: 1e-3 },
          confidence: 'medium',
          reason: 'The learning rate rose fivefold.',
        },
      ],
      last_good_checkpoint: '/train/out/checkpoint-900',
      latest_evaluated_step: 1200,
      waiting_checkpoints: 0,
      skipped_checkpoints: 0,
      open_alerts: [{ id: 'alert-1', telemetry: { loss_after: null, data_mix_before: { zh: 0.5, en: 0.5 } } }],
    });
  });

  it('has gauges for Prometheus', async () => {
    const { body, headers } = await get('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(body).toContain(`libra_checkpoints{run="${RUN}",state="evaluated"} 12\n`);
    expect(body).toContain(`libra_open_alerts{run="${RUN}"} 1\n`);
    for (const line of body.trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? -?[\d.e+]+)$/);
  });

  it('is not ready before the daemon is', async () => {
    const { app } = createServer({
      ...options(),
      isReady: () => false,
      config: { host: '127.0.0.1', port: 0, tokens: [] },
    });
    expect((await app.inject({ url: '/readyz', headers: { host } })).statusCode).toBe(503);
    await app.close();
  });
});

describe('the page', () => {
  it('runs under a policy that lets in nothing else', async () => {
    const { body, headers } = await get('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(body).not.toMatch(/\son\w+=|\sstyle=/);
    expect(body.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:\/\//);
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style/);
  });

  it('stands at the address of every view, and nowhere else', async () => {
    for (const url of ['/runs', `/runs/${RUN}`, '/alerts/alert-1', '/compare?a=x&b=y', '/checkpoints/x/samples'])
      expect([url, (await get(url)).headers['content-type']]).toEqual([url, 'text/html; charset=utf-8']);
    expect((await get('/elsewhere')).statusCode).toBe(404);
    expect((await get('/assets/index-of-long-ago.js')).json().code).toBe('LIBRA_NOT_FOUND');
    const first = await get('/');
    expect((await get('/', { 'if-none-match': String(first.headers.etag) })).statusCode).toBe(304);
  });
});

describe('the team answers', () => {
  it('acknowledges once, with who and why in the history and on the stream', async () => {
    const heard: string[] = [];
    const stop = test.events.subscribe(({ event }) => void heard.push(`${event.event} ${event.by}`));
    const reply = await post('/api/v1/alerts/alert-1/acknowledge', { note: 'looking', by: 'Li Wei' });
    expect(reply.json()).toMatchObject({ id: 'alert-1', state: 'acknowledged' });
    expect((await post('/api/v1/alerts/alert-1/acknowledge')).statusCode).toBe(200);
    stop();
    expect(heard).toEqual(['alert.acknowledged Li Wei']);
    const { history } = (await get('/api/v1/alerts/alert-1')).json();
    expect(history.at(-1)).toMatchObject({ from: 'firing', to: 'acknowledged', actor: 'Li Wei', why: 'looking' });
    expect((await get('/api/v1/alerts?state=acknowledged')).json().items).toHaveLength(1);
    expect((await get('/api/v1/alerts?state=firing')).json().items).toHaveLength(0);
  });

  it('resolves for good', async () => {
    expect((await post('/api/v1/alerts/alert-1/silence')).json().state).toBe('silenced');
    expect((await post('/api/v1/alerts/alert-1/resolve', {})).json()).toMatchObject({
      state: 'resolved',
      resolved_at_step: 1200,
    });
    const late = await post('/api/v1/alerts/alert-1/acknowledge');
    expect(late.statusCode).toBe(409);
    expect(late.json().code).toBe('LIBRA_ALERT_CLOSED');
    expect((await get(`/api/v1/runs/${RUN}/state`)).json()).toMatchObject({
      suggested_action: 'continue',
      suggested_changes: [],
      open_alerts: [],
    });
  });

  it('wakes the watcher and believes nothing', async () => {
    const reply = await post('/api/v1/checkpoints/notify', { path: '/train/out/checkpoint-1400', step: 1400 });
    expect([reply.statusCode, reply.json()]).toEqual([202, { status: 'noted' }]);
    expect(test.poked).toEqual(['/train/out/checkpoint-1400']);
    expect(test.store.checkpoints.atStep(RUN, 1400)).toEqual([]);
  });
});
