import {
  appendFile,
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hfFiles, safetensors, trainerState, writeCheckpoint, writeFiles } from '../fakes/checkpoint-files.ts';
import { noticeWorld, PATIENT, withPins } from './notice-world.ts';

describe('noticeCheckpoints', () => {
  it('reports what is there at the start, in order, with telemetry and a pin outside', async () => {
    const { root, data, sink, start } = await noticeWorld();
    await writeCheckpoint(join(root, 'exp'), { step: 200 });
    await writeCheckpoint(join(root, 'exp'), { step: 100, loss: 'NaN' });
    await start();
    await sink.state('exp-200', 'complete');
    const first = await sink.state('exp-100', 'complete');
    expect(sink.said.filter((line) => line.endsWith('found'))).toEqual(['exp-100 found', 'exp-200 found']);
    expect(first).toMatchObject({ format: 'hugging-face', tokens: 1000, reason: null });
    expect(sink.telemetries.get('exp-100')?.points[0]?.loss).toBeNaN();
    const pin = sink.pinned.get('exp-100')?.pin;
    expect(pin?.kind).toBe('link');
    expect(pin?.directory.startsWith(join(data, 'pins'))).toBe(true);
    expect(await readdir(join(root, 'exp', 'checkpoint-100'))).toHaveLength(hfFiles({ step: 100 }).length);
    const kept = await readdir(pin?.directory ?? '');
    expect(kept).toContain('model.safetensors');
    expect(kept).not.toContain('optimizer.pt');
    expect(kept).not.toContain('rng_state.pth');
  });

  it('names the missing thing while a checkpoint is written, and completes it in the end', async () => {
    const { root, sink, start } = await noticeWorld();
    await mkdir(join(root, 'exp'));
    await start();
    const directory = join(root, 'exp', 'checkpoint-300');
    const reasons: (string | null)[] = [];
    for (const file of hfFiles({ step: 300, shards: 2 })) {
      await writeFiles(directory, [file]);
      if (file[0] === 'model-00001-of-00002.safetensors') {
        await sink.until(
          () => /00002-of-00002.*missing/.test(sink.checkpoints.get('exp-300')?.reason ?? ''),
          'shard named',
        );
        reasons.push(sink.checkpoints.get('exp-300')?.reason ?? null);
      }
    }
    await sink.state('exp-300', 'complete');
    expect(reasons[0]).toContain('model.safetensors.index.json is missing');
    expect(sink.said).toEqual(['exp-300 found', 'exp-300 settling', 'exp-300 complete']);
  });

  it('reports complete soon after the settle window', { retry: 2 }, async () => {
    const { root, sink, start } = await noticeWorld();
    await mkdir(join(root, 'exp'));
    await start();
    const late: number[] = [];
    for (let step = 1; step <= 8; step++) {
      await writeCheckpoint(join(root, 'exp'), { step });
      await sink.state(`exp-${step}`, 'complete');
      late.push(Date.now() - (sink.checkpoints.get(`exp-${step}`)?.lastByteAt ?? 0) - 300);
    }
    late.sort((a, b) => a - b);
    expect(late[0]).toBeGreaterThanOrEqual(-5);
    expect(late[Math.floor(late.length / 2)]).toBeLessThan(300);
  });

  it('keeps a checkpoint that lives one second', async () => {
    const { root, sink, start } = await noticeWorld();
    await mkdir(join(root, 'exp'));
    await start({ settings: (await import('../../src/daemon/notice-settings.ts')).DEFAULT_NOTICE_SETTINGS });
    const directory = await writeCheckpoint(join(root, 'exp'), { step: 7 });
    const gone = new Promise((resolve) => setTimeout(resolve, 1_000)).then(() => rm(directory, { recursive: true }));
    const row = await sink.state('exp-7', 'complete');
    await gone;
    const pin = sink.pinned.get(row.id)?.pin;
    expect(await readFile(join(pin?.directory ?? '', 'model.safetensors'))).toEqual(safetensors(7));
  });

  it('completes from its provisional pin when it is deleted inside the settle window', async () => {
    const { root, sink, start } = await noticeWorld();
    await mkdir(join(root, 'exp'));
    await start({ settings: PATIENT });
    const directory = await writeCheckpoint(join(root, 'exp'), { step: 7 });
    await sink.until(() => /nothing changes/.test(sink.checkpoints.get('exp-7')?.reason ?? ''), 'whole but settling');
    await rm(directory, { recursive: true });
    await sink.state('exp-7', 'complete');
    expect(await readdir(sink.pinned.get('exp-7')?.pin.directory ?? '')).toContain('trainer_state.json');
  });

  it('completes from its provisional pin when it is deleted slowly, the last mark first', async () => {
    const { root, sink, start } = await noticeWorld();
    await mkdir(join(root, 'exp'));
    const noticer = await start({ settings: PATIENT });
    const directory = await writeCheckpoint(join(root, 'exp'), { step: 7 });
    await sink.until(() => /nothing changes/.test(sink.checkpoints.get('exp-7')?.reason ?? ''), 'whole but settling');
    for (const [name] of hfFiles({ step: 7 }).reverse()) {
      await rm(join(directory, name));
      noticer.poke(directory);
      if (name === 'trainer_state.json' || name === 'tokenizer.json') {
        const missing = name === 'tokenizer.json' ? /a tokenizer is missing/ : /trainer_state\.json is missing/;
        await sink.until(() => missing.test(sink.checkpoints.get('exp-7')?.reason ?? ''), `${name} missed`);
      }
    }
    await rm(directory, { recursive: true });
    await sink.state('exp-7', 'complete');
    expect(await readdir(sink.pinned.get('exp-7')?.pin.directory ?? '')).toContain('trainer_state.json');
  });

  it('says vanished once when a checkpoint is deleted before it was whole', async () => {
    const { root, sink, start } = await noticeWorld();
    const directory = join(root, 'exp', 'checkpoint-7');
    await writeFiles(directory, hfFiles({ step: 7 }).slice(0, 2));
    await start();
    await sink.state('exp-7', 'settling');
    await rm(directory, { recursive: true });
    await sink.state('exp-7', 'vanished');
    await writeCheckpoint(join(root, 'exp'), { step: 8 });
    await sink.state('exp-8', 'complete');
    expect(sink.said.filter((line) => line === 'exp-7 vanished')).toHaveLength(1);
  });

  it('gives up what nobody finishes, and takes it back when somebody does', async () => {
    const { root, sink, start } = await noticeWorld();
    const files = hfFiles({ step: 7 });
    const directory = join(root, 'exp', 'checkpoint-7');
    await writeFiles(directory, files.slice(0, 2));
    await start();
    const row = await sink.state('exp-7', 'invalid');
    expect(row.reason).toContain('weights are missing');
    await writeFiles(directory, files.slice(2));
    await sink.state('exp-7', 'complete');
  });

  it('completes a bare save_pretrained directory after the longer window', async () => {
    const { root, sink, start } = await noticeWorld();
    await mkdir(join(root, 'exp'));
    await start();
    await writeCheckpoint(join(root, 'exp'), { step: 5, bare: true }, 'step_5');
    const row = await sink.state('exp-5', 'complete');
    expect(Date.now() - (row.lastByteAt ?? 0)).toBeGreaterThanOrEqual(595);
  });

  it('takes the same step with other bytes as another checkpoint, and the same bytes as the same', async () => {
    const { root, sink, start } = await noticeWorld();
    const run = join(root, 'exp');
    const directory = await writeCheckpoint(run, { step: 5, fill: 1 });
    const noticer = await start();
    await sink.state('exp-5', 'complete');
    await writeFile(join(directory, 'trainer_state.json'), trainerState(5, '9'));
    noticer.poke(directory);
    await sink.until(() => noticer.unsettled() === 0 && sink.checkpoints.size === 1, 'refound');
    await rename(directory, join(root, 'aside'));
    await cp(join(root, 'aside'), directory, { recursive: true });
    await writeFile(join(directory, 'model.safetensors'), safetensors(2));
    noticer.poke(directory);
    await sink.state('exp-5.2', 'complete');
    expect(sink.pinned.get('exp-5')?.pin.directory).not.toBe(sink.pinned.get('exp-5.2')?.pin.directory);
    expect(await readFile(join(sink.pinned.get('exp-5')?.pin.directory ?? '', 'model.safetensors'))).toEqual(
      safetensors(1),
    );
    await writeFile(join(directory, 'model.safetensors'), safetensors(1));
    noticer.poke(directory);
    const stamp = sink.checkpoints.get('exp-5')?.observed;
    await sink.until(() => sink.checkpoints.get('exp-5')?.observed !== stamp, 'refound as the first');
    expect([...sink.checkpoints.keys()]).toEqual(['exp-5', 'exp-5.2']);
  });

  it('says nothing when a known checkpoint is rotated away file by file', async () => {
    const { root, sink, start } = await noticeWorld();
    const directory = await writeCheckpoint(join(root, 'exp'), { step: 5 });
    const noticer = await start();
    await sink.state('exp-5', 'complete');
    sink.set('exp-5', 'evaluated');
    for (const [name] of hfFiles({ step: 5 })) {
      await rm(join(directory, name));
      noticer.poke(directory);
    }
    await rm(directory, { recursive: true });
    await writeCheckpoint(join(root, 'exp'), { step: 6 });
    await sink.state('exp-6', 'complete');
    expect(sink.said.filter((line) => line.startsWith('exp-5')).at(-1)).toBe('exp-5 complete');
    expect([...sink.checkpoints.keys()]).toEqual(['exp-5', 'exp-6']);
    expect(await readdir(sink.pinned.get('exp-5')?.pin.directory ?? '')).toContain('model.safetensors');
  });

  it('knows everything again after a restart, and nothing twice', async () => {
    const { root, data, sink, start } = await noticeWorld();
    await writeCheckpoint(join(root, 'exp'), { step: 5 });
    await writeFiles(join(root, 'exp', 'checkpoint-6'), hfFiles({ step: 6 }).slice(0, 4));
    const first = await start();
    await sink.state('exp-5', 'complete');
    await sink.state('exp-6', 'settling');
    sink.set('exp-5', 'evaluated');
    await first.close();
    const before = [...sink.said];
    await start();
    await writeFiles(join(root, 'exp', 'checkpoint-6'), hfFiles({ step: 6 }).slice(4));
    await sink.state('exp-6', 'complete');
    expect(sink.said).toEqual([...before, 'exp-6 complete']);
    expect(await readdir(join(data, 'pins', 'exp'))).toHaveLength(2);
  });

  it('rescues a checkpoint whose pin was whole when the daemon was killed, and sweeps the pins nobody needs', async () => {
    const { root, data, sink, start } = await noticeWorld();
    const directory = await writeCheckpoint(join(root, 'exp'), { step: 5 });
    const first = await start({ settings: PATIENT });
    await sink.until(() => /nothing changes/.test(sink.checkpoints.get('exp-5')?.reason ?? ''), 'whole but settling');
    await first.close();
    await rm(directory, { recursive: true });
    await mkdir(join(data, 'pins', 'exp', 'orphan'), { recursive: true });
    await start();
    const row = await sink.state('exp-5', 'complete');
    expect(row.reason).toContain('deleted by the training');
    expect(await readdir(join(data, 'pins', 'exp'))).toHaveLength(1);
  });

  it('reports as vanished what disappeared unfinished while nobody watched', async () => {
    const { root, sink, start } = await noticeWorld();
    const directory = join(root, 'exp', 'checkpoint-6');
    await writeFiles(directory, hfFiles({ step: 6 }).slice(0, 4));
    const first = await start();
    await sink.state('exp-6', 'settling');
    await first.close();
    await rm(join(root, 'exp'), { recursive: true });
    await start();
    await sink.state('exp-6', 'vanished');
  });

  it('follows a run that was moved, running or not', async () => {
    const { root, sink, start } = await noticeWorld();
    await writeCheckpoint(join(root, 'exp'), { step: 5 });
    const first = await start();
    await sink.state('exp-5', 'complete');
    await rename(join(root, 'exp'), join(root, 'renamed'));
    await sink.until(() => sink.runs.get('exp')?.path === join(root, 'renamed'), 'moved');
    await writeCheckpoint(join(root, 'renamed'), { step: 6 });
    await sink.state('exp-6', 'complete');
    await first.close();
    await mkdir(join(root, 'deep'));
    await rename(join(root, 'renamed'), join(root, 'deep', 'again'));
    await start();
    await writeCheckpoint(join(root, 'deep', 'again'), { step: 7 });
    await sink.state('exp-7', 'complete');
    expect([...sink.runs.keys()]).toEqual(['exp']);
    expect([...sink.checkpoints.keys()]).toEqual(['exp-5', 'exp-6', 'exp-7']);
    expect(sink.checkpoints.get('exp-5')?.path).toBe(join(root, 'deep', 'again', 'checkpoint-5'));
  });

  it('counts a linked checkpoint once, whatever its names', async () => {
    const { root, sink, start } = await noticeWorld();
    const directory = await writeCheckpoint(join(root, 'exp'), { step: 5 });
    await symlink(directory, join(root, 'exp', 'latest'));
    await symlink(directory, join(root, 'exp', 'step-5'));
    await symlink(join(root, 'nowhere'), join(root, 'exp', 'checkpoint-9'));
    await start();
    await sink.state('exp-5', 'complete');
    await writeCheckpoint(join(root, 'exp'), { step: 6 });
    await sink.state('exp-6', 'complete');
    expect([...sink.checkpoints.keys()]).toEqual(['exp-5', 'exp-6']);
  });

  it('waits for a directory that does not exist, says so once, and goes on when it comes, goes and comes', async () => {
    const { root, sink, log, start } = await noticeWorld();
    await rm(root, { recursive: true });
    await start();
    await mkdir(root);
    await writeCheckpoint(join(root, 'exp'), { step: 5 });
    await sink.state('exp-5', 'complete');
    expect(log.filter((line) => line.includes('does not exist'))).toHaveLength(1);
    await rm(root, { recursive: true });
    await mkdir(root);
    await writeCheckpoint(join(root, 'exp'), { step: 6 });
    await sink.state('exp-6', 'complete');
    expect(sink.said.filter((line) => line.startsWith('exp-5')).at(-1)).toBe('exp-5 complete');
  });

  it('takes hostile names as they are', async () => {
    const { root, sink, start } = await noticeWorld();
    const name = '训练 run\n"x";$(y)';
    await writeCheckpoint(join(root, name), { step: 5 });
    await start();
    await sink.state(`${name}-5`, 'complete');
    expect((await stat(sink.pinned.get(`${name}-5`)?.pin.directory ?? '')).isDirectory()).toBe(true);
  });

  it('gives up the oldest pin when only pins keep bytes on a full disk, and says it', async () => {
    const { root, sink, start } = await noticeWorld();
    const paths = [];
    for (const step of [1, 2]) paths.push(await writeCheckpoint(join(root, 'exp'), { step }));
    let freeBytes = 100;
    await start({ askSpace: async () => ({ freeBytes, totalBytes: 1_000 }) });
    await sink.state('exp-1', 'complete');
    await sink.state('exp-2', 'complete');
    const oldest = sink.pinned.get('exp-1')?.pin.directory ?? '';
    await rm(paths[0] ?? '', { recursive: true });
    freeBytes = 99;
    await sink.until(() => sink.said.some((line) => line.startsWith('exp-1 released')), 'released');
    expect(sink.said.at(-1)).toContain('min_free');
    expect([...sink.pinned.keys()]).toEqual(['exp-2']);
    await expect.poll(() => stat(oldest).catch(() => null)).toBeNull();
  });

  it('is woken for a growing file that was complete in name only', async () => {
    const { root, sink, start } = await noticeWorld();
    const files = hfFiles({ step: 5 });
    const directory = join(root, 'exp', 'checkpoint-5');
    const weights = safetensors(5);
    await writeFiles(
      directory,
      files.map(([name, content]) => [
        name,
        name === 'model.safetensors' ? weights.subarray(0, weights.length - 100) : content,
      ]),
    );
    await start();
    const row = await sink.state('exp-5', 'settling');
    expect(row.reason).toMatch(/model\.safetensors has \d+ of \d+ bytes/);
    await appendFile(join(directory, 'model.safetensors'), weights.subarray(weights.length - 100));
    await sink.state('exp-5', 'complete');
  });

  it('does not take a new time of writing for a new checkpoint', async () => {
    const { root, sink, start } = await noticeWorld();
    const directory = await writeCheckpoint(join(root, 'exp'), { step: 5 });
    const noticer = await start();
    const before = await sink.state('exp-5', 'complete');
    await utimes(join(directory, 'model.safetensors'), new Date(), new Date(Date.now() - 5_000));
    noticer.poke(root);
    await sink.until(() => sink.checkpoints.get('exp-5')?.observed !== before.observed, 'touched');
    expect(sink.said.at(-1)).toBe('exp-5 complete');
  });

  it.skipIf(process.getuid?.() !== 0)(
    "says vanished when another user's checkpoint, which it may only lease, is deleted before its evaluation",
    async () => {
      const { root, data, sink, start } = await noticeWorld();
      const directory = await writeCheckpoint(join(root, 'exp'), { step: 5 });
      await chmod(join(root, '..'), 0o755);
      await chown(data, 65_534, 65_534);
      process.seteuid?.(65_534);
      onTestFinished(() => process.seteuid?.(0));
      const noticer = await start({ settings: withPins({ whenUnlinkable: 'lease' }) });
      const row = await sink.state('exp-5', 'complete');
      expect(row.reason).toContain('read in place');
      expect(sink.pinned.get('exp-5')?.pin).toMatchObject({ kind: 'lease', directory });
      process.seteuid?.(0);
      await rm(directory, { recursive: true });
      process.seteuid?.(65_534);
      noticer.poke(root);
      await sink.state('exp-5', 'vanished');
      process.seteuid?.(0);
    },
  );

  it('refuses a pin directory that cannot be used, with what to do', async () => {
    const { root, start } = await noticeWorld();
    await writeFile(join(root, 'file'), '');
    const settings = withPins({ directory: join(root, 'file', 'pins') });
    await expect(start({ settings })).rejects.toMatchObject({ code: 'LIBRA_PIN_FAILED' });
  });
});
