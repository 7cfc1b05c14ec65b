/** Who listens at the daemon's port without knowing its token can make a callback that may do everything do nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROOF_HEADER, proofOf } from '../../src/api/proof.ts';
import { RUN } from '../api/seeded-store.ts';
import { startServer } from '../api/start-server.ts';
import { hasPython, runHook } from './run-hook.ts';

const TOKEN = 'a-token-of-thirty-two-characters-or-more';

/** What somebody would answer who wants the training stopped, slowed and fed with other data. */
const ALERT = { id: 'a', state: 'firing', title: 'everything fell' };
const because = (change: object) => ({ alert: 'a', change, confidence: 'high', reason: 'because' });
const STATE = JSON.stringify({
  open_alerts: [ALERT],
  suggested_action: 'roll_back',
  suggested_changes: [
    because({ kind: 'lower_learning_rate', learning_rate: 1e-9 }),
    because({ kind: 'raise_share', part: 'x', share: 1, mix: { x: 1 } }),
  ],
});

interface Asked {
  readonly nonce: string | string[] | undefined;
  readonly method: string;
  readonly url: string;
  readonly body: string;
}
type Prover = (asked: Asked) => string | null;

let server: Server;
let directory: string;
let heard: IncomingMessage[];
let prove: Prover;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'libra-hooks-'));
  heard = [];
  server = createServer((request, response) => {
    heard.push(request);
    request.resume().on('end', () => {
      const { method = '', url = '' } = request;
      const body = url === '/healthz' ? '{"status":"ok","version":"0"}' : STATE;
      const proof = prove({ nonce: request.headers['libra-nonce'], method, url, body });
      response.writeHead(200, proof === null ? {} : { [PROOF_HEADER]: proof }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

/** Two seconds of a training whose callback may do everything; prints what was done. */
const TRAINING = `
import json, time, types, hf_trainer
mixes = []
groups = [{"lr": 1e-3, "initial_lr": 1e-3}]
args = types.SimpleNamespace(output_dir="out", world_size=1)
state = types.SimpleNamespace(global_step=0, is_world_process_zero=True, log_history=[])
control = types.SimpleNamespace(should_save=False, should_training_stop=False)
take = lambda mix, change: mixes.append(mix)
callback = hf_trainer.LibraCallback(
    allow=["log", "save", "stop", "lr", "data_mix"], on_data_mix=take, run="run", every_seconds=0.1)
callback.on_train_begin(args, state, control)
for state.global_step in range(1, 21):
    time.sleep(0.1)
    callback.on_step_end(args, state, control, optimizer=types.SimpleNamespace(param_groups=groups), lr_scheduler=None)
callback.on_train_end(args, state, control)
print(json.dumps([control.should_save, control.should_training_stop, groups[0]["lr"], mixes, len(state.log_history)]))
`;

const train = () =>
  runHook('python3', ['-c', TRAINING], directory, {
    LIBRA_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    LIBRA_TOKEN: TOKEN,
  });
const proofWith =
  (token: string, change: Partial<Asked> = {}): Prover =>
  (asked) =>
    proofOf({ ...asked, ...change, nonce: change.nonce ?? asked.nonce, status: 200 }, [token]);

const UNTOUCHED = '[false, false, 0.001, [], 0]';

describe.skipIf(!hasPython)('a callback that may do everything', () => {
  it('does it for the daemon that knows the token', async () => {
    prove = proofWith(TOKEN);
    expect((await train()).lastLines).toContain('[true, true, 0.0001, [{"x": 1}], 1]');
  });

  it.each<[string, Prover]>([
    ['gives no proof', () => null],
    ['invents one', () => 'f'.repeat(64)],
    ['knows another token', proofWith('another-token-of-thirty-two-characters')],
    ['repeats a proof that it saw earlier', proofWith(TOKEN, { nonce: '0'.repeat(32) })],
    ['passes on the proof of another question', proofWith(TOKEN, { url: '/healthz/other' })],
    ['passes on the proof of another answer', proofWith(TOKEN, { body: '{"open_alerts":[]}' })],
  ])('does nothing, and tells no token, where who listens %s', async (_name, prover) => {
    prove = prover;
    const exit = await train();
    expect(exit.code).toBe(0);
    expect(exit.lastLines).toContain(UNTOUCHED);
    expect(heard.length).toBeGreaterThan(2);
    expect(heard.every(({ url, headers }) => url === '/healthz' && headers.authorization === undefined)).toBe(true);
  });

  it('does nothing where the question was proved and the answer was not', async () => {
    prove = (asked) => (asked.url === '/healthz' ? proofWith(TOKEN)(asked) : null);
    expect((await train()).lastLines).toContain(UNTOUCHED);
  });
});

describe('without the token', () => {
  it.each([
    ['/api/v1/alerts/alert-1/silence', {}],
    ['/api/v1/alerts/alert-1/acknowledge', {}],
    ['/api/v1/alerts/alert-1/resolve', {}],
    [`/api/v1/runs/${RUN}/interventions`, { step: 900, note: 'nothing' }],
    ['/api/v1/checkpoints/notify', { path: '/train/out/checkpoint-1' }],
  ])('the daemon refuses POST %s', async (path, body) => {
    const daemon = startServer({ token: TOKEN });
    const address = await daemon.server.listen();
    try {
      for (const authorization of [undefined, 'Bearer another-token-of-thirty-two-characters']) {
        const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
        const reply = await fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) });
        expect([401, 403]).toContain(reply.status);
      }
      expect(daemon.store.interventions.ofRun(RUN)).toEqual([]);
      expect(daemon.poked).toEqual([]);
      expect(daemon.store.alerts.open(RUN).map(({ state }) => state)).toEqual(['firing']);
    } finally {
      await daemon.stop();
    }
  });
});
