import { request } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createLiveHub, type LiveEvent, type LiveOutput, type LiveSource } from '../../src/api/live.ts';
import type { LibraEvent } from '../../src/domain/event.ts';
import type { Clock } from '../../src/system/clock.ts';
import { RUN } from './seeded-store.ts';
import { startServer, type TestServer, TOKEN } from './start-server.ts';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function start(options?: Parameters<typeof startServer>[0]): TestServer {
  const test = startServer(options);
  stops.push(() => test.stop());
  return test;
}

/** A reader with a real socket that collects blocks until told to stop. */
async function follow(url: string, headers: Record<string, string> = {}, query = '') {
  const stop = new AbortController();
  const reply = await fetch(`${url}/api/v1/events${query}`, {
    headers,
    signal: stop.signal,
  });
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const blocks: string[] = [];
  return {
    reply,
    /** The next block that carries an event. */
    async next(): Promise<{ id: string | null; event: LibraEvent }> {
      for (;;) {
        const block = await this.block();
        const data = /^data: (.*)$/m.exec(block);
        if (data) return { id: /^id: (.*)$/m.exec(block)?.[1] ?? null, event: JSON.parse(data[1]!) };
      }
    },
    async block(): Promise<string> {
      while (blocks.length === 0) {
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream ended');
        const parts = (text + value).split('\n\n');
        text = parts.pop()!;
        blocks.push(...parts);
      }
      return blocks.shift()!;
    },
    stop: () => stop.abort(),
  };
}

describe('the event stream', () => {
  it('tells what happens, and only from now on', async () => {
    const { server, events } = start();
    const url = await server.listen();
    const reader = await follow(url);
    expect(reply(reader)).toMatchObject({ status: 200, type: 'text/event-stream; charset=utf-8' });
    expect(await reader.block()).toMatch(/^retry: \d+\nid: 2$/);
    events.pass('evaluation.progress', { run: RUN, done: 1, total: 2 });
    events.emit('run.finished', { run: RUN });
    expect(await reader.next()).toMatchObject({ id: null, event: { event: 'evaluation.progress' } });
    expect(await reader.next()).toMatchObject({ id: '3', event: { event: 'run.finished', run: RUN } });
    reader.stop();
  });

  it('goes on after the last event a reader saw', async () => {
    const { server, events } = start();
    const url = await server.listen();
    const first = await follow(url);
    await first.block();
    events.emit('run.stalled', { run: RUN });
    const { id } = await first.next();
    first.stop();
    for (let step = 1; step <= 450; step++) events.emit('checkpoint.found', { run: RUN, step });
    const again = await follow(url, { 'last-event-id': id! });
    const steps: unknown[] = [];
    while (steps.length < 450) steps.push((await again.next()).event.step);
    expect(steps).toEqual(Array.from({ length: 450 }, (_, i) => i + 1));
    again.stop();
  });

  it('tells one run from another', async () => {
    const { server, events } = start();
    const url = await server.listen();
    const reader = await follow(url, {}, `?run=${RUN}&since=0`);
    events.emit('run.found', { run: 'another' });
    events.emit('daemon.stopping', {});
    const heard: string[] = [];
    while (heard.length < 3) heard.push((await reader.next()).event.event);
    expect(heard).toEqual(['run.found', 'alert.firing', 'daemon.stopping']);
    reader.stop();
  });

  it('ends when the server does, and the server does not wait for readers', async () => {
    const test = startServer();
    const reader = await follow(await test.server.listen());
    await reader.block();
    await test.stop();
    await expect(reader.block()).rejects.toThrow();
  });

  it('takes no more readers than it may', async () => {
    const { server } = start({ live: { maxReaders: 1 } });
    const url = await server.listen();
    const one = await follow(url);
    const two = await fetch(`${url}/api/v1/events`);
    expect(two.status).toBe(503);
    expect(await two.json()).toMatchObject({ code: 'LIBRA_NOT_READY' });
    one.stop();
  });

  it('is not for a page of another host', async () => {
    const { server } = start();
    const url = new URL(await server.listen());
    const status = await new Promise((resolve, reject) => {
      const asked = request({
        host: url.hostname,
        port: url.port,
        path: '/api/v1/events',
        headers: { host: 'evil.example' },
      });
      asked.on('response', (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      });
      asked.on('error', reject);
      asked.end();
    });
    expect(status).toBe(421);
  });
});

function reply({ reply: { status, headers } }: { reply: Response }) {
  return { status, type: headers.get('content-type') };
}

/** Timers that fire when told to. */
function manualClock(): Clock & { fire(ms: number): void } {
  const waiting = new Map<() => void, number>();
  return {
    now: () => 0,
    monotonic: () => 0,
    sleep: () => Promise.resolve(),
    after(ms, callback) {
      waiting.set(callback, ms);
      return { cancel: () => waiting.delete(callback) };
    },
    fire(ms) {
      for (const [callback, due] of [...waiting]) {
        if (due !== ms) continue;
        waiting.delete(callback);
        callback();
      }
    },
  };
}

function memorySource() {
  const stored: { id: number; event: LibraEvent }[] = [];
  const listeners = new Set<(heard: LiveEvent) => void>();
  const source: LiveSource = {
    after: (id, limit) => stored.filter((one) => one.id > id).slice(0, limit),
    lastId: () => stored.length,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    source,
    listeners,
    emit(step: number) {
      const heard = { id: stored.length + 1, event: { event: 'checkpoint.found', at: '', step } as LibraEvent };
      stored.push(heard);
      for (const listener of listeners) listener(heard);
    },
  };
}

/** A reader whose socket takes `room` writes, then none until it is drained. */
function slowOutput(room: number) {
  let left = room;
  const once = new Map<string, () => void>();
  const written: string[] = [];
  let isDestroyed = false;
  const output: LiveOutput = {
    write(text) {
      written.push(text);
      left -= 1;
      return left > 0;
    },
    end: () => {},
    destroy: () => {
      isDestroyed = true;
    },
    once: (event, listener) => once.set(event, listener),
  };
  return {
    output,
    steps: () =>
      written.flatMap((text) => (text.includes('data:') ? [JSON.parse(/data: (.*)/.exec(text)![1]!).step] : [])),
    written,
    isDestroyed: () => isDestroyed,
    drain(more: number) {
      left = more;
      once.get('drain')?.();
    },
    close: () => once.get('close')?.(),
  };
}

describe('slow readers', () => {
  it('hold up nobody, and get the rest once they take more', () => {
    const { source, emit } = memorySource();
    const hub = createLiveHub({ source, clock: manualClock() });
    const slow = slowOutput(2);
    const quick = slowOutput(1e9);
    hub.open(slow.output, { since: null, run: null });
    hub.open(quick.output, { since: null, run: null });
    for (let step = 1; step <= 20; step++) emit(step);
    expect(quick.steps()).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(slow.steps()).toEqual([1]);
    slow.drain(5);
    expect(slow.steps()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('are dropped when they take nothing for too long; the others stay', () => {
    const clock = manualClock();
    const { source, emit, listeners } = memorySource();
    const hub = createLiveHub({ source, clock, stallMs: 77 });
    const slow = slowOutput(1);
    const quick = slowOutput(1e9);
    hub.open(slow.output, { since: null, run: null });
    hub.open(quick.output, { since: null, run: null });
    clock.fire(77);
    expect(slow.isDestroyed()).toBe(true);
    expect([hub.readers(), listeners.size]).toEqual([1, 1]);
    emit(1);
    expect(quick.steps()).toEqual([1]);
  });

  it('hear a heartbeat while nothing happens, and leave nothing behind when they go', () => {
    const clock = manualClock();
    const { source, listeners } = memorySource();
    const hub = createLiveHub({ source, clock, heartbeatMs: 5 });
    const reader = slowOutput(1e9);
    hub.open(reader.output, { since: null, run: null });
    clock.fire(5);
    clock.fire(5);
    expect(reader.written.slice(1)).toEqual([': still here\n\n', ': still here\n\n']);
    reader.close();
    clock.fire(5);
    expect([reader.written.length, hub.readers(), listeners.size]).toEqual([3, 0, 0]);
  });

  it('miss nothing and hear nothing twice, whenever their sockets clog', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (moves, room) => {
          const { source, emit } = memorySource();
          const hub = createLiveHub({ source, clock: manualClock() });
          const reader = slowOutput(room);
          hub.open(reader.output, { since: 0, run: null });
          let sent = 0;
          for (const move of moves) {
            if (move > 0) reader.drain(move);
            else emit(++sent);
          }
          reader.drain(1e9);
          expect(reader.steps()).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
        },
      ),
    );
  });
});

describe('the port', () => {
  it('in use is an error that says what to do', async () => {
    const one = start();
    const port = Number(new URL(await one.server.listen()).port);
    const two = start({ config: { host: '127.0.0.1', port, tokens: [] } });
    await expect(two.server.listen()).rejects.toMatchObject({
      code: 'LIBRA_PORT_IN_USE',
      message: `Port ${port} on 127.0.0.1 is in use.`,
      hint: expect.stringContaining('--port'),
    });
  });

  it('is that of a host of this machine', async () => {
    const tokens = [{ name: 'x', token: TOKEN, scopes: ['read'] as const }];
    const test = start({ config: { host: '192.0.2.1', port: 0, tokens } });
    await expect(test.server.listen()).rejects.toMatchObject({ code: 'LIBRA_CONFIG_INVALID' });
  });
});
