/** Keeps up with the daemon: server-sent events, taken up again where the line broke. Read with fetch, because EventSource sends no token. */
import { authorization } from './client.ts';
import { sleep } from './clock.ts';
import { observable } from './observable.ts';

export interface HeardEvent {
  readonly event: string;
  readonly at: string;
  readonly run?: string;
  readonly checkpoint?: string;
  readonly step?: number;
  readonly done?: number;
  readonly total?: number;
}

/** What is being evaluated now, by run. */
export interface Progress {
  readonly step: number | null;
  readonly done: number;
  readonly total: number;
  /** Epoch ms of the first sign of it, for the expected end. */
  readonly since: number;
  readonly at: number;
}

export const connection = observable<'connecting' | 'live' | 'lost'>('connecting');
export const progress = observable<ReadonlyMap<string, Progress>>(new Map());

const listeners = new Set<(event: HeardEvent) => void>();
const RETRY_MS = 2000;
let lastId: string | null = null;

export function onEvent(listener: (event: HeardEvent) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Never ends: as long as the page is open it listens, and says when it cannot. */
export async function followEvents(): Promise<never> {
  for (;;) {
    try {
      await readStream();
    } catch {
      // Told by `connection`; tried again.
    }
    connection.set('lost');
    await sleep(RETRY_MS);
  }
}

async function readStream(): Promise<void> {
  const resume: Record<string, string> = lastId === null ? {} : { 'last-event-id': lastId };
  const reply = await fetch('/api/v1/events', { headers: { ...authorization(), ...resume } });
  if (!reply.ok || reply.body === null) throw new Error(reply.statusText);
  const wasLost = connection.get() === 'lost';
  connection.set('live');
  // What passes without an id (progress) is not kept for who was away; whatever is shown is read anew.
  if (wasLost) tell({ event: 'connection.back', at: new Date(0).toISOString() });
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (text + value).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) hear(block);
  }
}

function hear(block: string): void {
  const id = /^id: ?(.*)$/m.exec(block)?.[1];
  const data = /^data: ?(.*)$/m.exec(block)?.[1];
  if (id !== undefined) lastId = id;
  if (data !== undefined) tell(JSON.parse(data) as HeardEvent);
}

function tell(event: HeardEvent): void {
  noteProgress(event);
  for (const listener of [...listeners]) listener(event);
}

function noteProgress({ event, run, step: heard, done, total, at }: HeardEvent): void {
  if (run === undefined) return;
  const step = heard ?? null;
  const known = progress.get();
  const time = Date.parse(at);
  if (event === 'evaluation.progress' && done !== undefined && total !== undefined) {
    const before = known.get(run);
    const since = before !== undefined && before.step === step ? before.since : time;
    progress.set(new Map(known).set(run, { step, done, total, since, at: time }));
  } else if ((event === 'evaluation.finished' || event === 'evaluation.failed') && known.has(run)) {
    const rest = new Map(known);
    rest.delete(run);
    progress.set(rest);
  }
}
