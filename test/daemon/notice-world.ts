/** A temporary place with a training directory, a data directory, and a noticer that can be stopped and started. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  DEFAULT_NOTICE_SETTINGS,
  type NoticeOptions,
  type Noticer,
  type NoticeSettings,
  noticeCheckpoints,
} from '../../src/daemon/notice-checkpoints.ts';
import { systemClock } from '../../src/system/clock.ts';
import { createLog } from '../../src/system/log.ts';
import { createMemorySink, type MemorySink } from '../fakes/memory-sink.ts';

export interface NoticeWorld {
  readonly root: string;
  readonly data: string;
  readonly sink: MemorySink;
  readonly log: string[];
  start(change?: Partial<NoticeOptions>): Promise<Noticer>;
}

export async function noticeWorld(): Promise<NoticeWorld> {
  const place = await realpath(await mkdtemp(join(tmpdir(), 'libra-notice-')));
  const running: Noticer[] = [];
  onTestFinished(async () => {
    for (const noticer of running) await noticer.close();
    await rm(place, { recursive: true, force: true });
  });
  const root = join(place, 'watched');
  const data = join(place, 'data');
  await mkdir(root);
  await mkdir(data);
  const sink = createMemorySink();
  const log: string[] = [];
  return {
    root,
    data,
    sink,
    log,
    start: async (change) => {
      const noticer = noticeCheckpoints({
        roots: [root],
        dataDirectory: data,
        settings: QUICK,
        sink,
        clock: systemClock,
        log: createLog({ format: 'plain', level: 'debug', write: (line) => void log.push(line) }),
        ...change,
      });
      running.push(noticer);
      await noticer.ready;
      return noticer;
    },
  };
}

const quick = { signalled: 300, unsignalled: 600, awaited: 900, abandon: 1_500, superseded: 700 };

/** Everything as by default, only sooner. */
export const QUICK: NoticeSettings = {
  ...DEFAULT_NOTICE_SETTINGS,
  local: { ...DEFAULT_NOTICE_SETTINGS.local, windows: quick },
};

/** So long a window that a test can act within it. */
export const PATIENT: NoticeSettings = {
  ...QUICK,
  local: { ...QUICK.local, windows: { ...quick, signalled: 5_000, awaited: 20_000, abandon: 20_000 } },
};

export function withPins(pins: Partial<NoticeSettings['pins']>): NoticeSettings {
  return { ...QUICK, pins: { ...QUICK.pins, ...pins } };
}
