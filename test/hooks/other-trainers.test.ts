/** The hooks of other trainers and schedulers: with stand-ins for the frameworks, and read by the tools that will run them where these are here. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCommand } from '../../src/system/process.ts';
import { RUN } from '../api/seeded-store.ts';
import { startServer } from '../api/start-server.ts';
import { HOOKS, hasPython, runHook } from './run-hook.ts';

const TOKEN = 'a-token-of-thirty-two-characters-or-more';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'libra-hooks-'));
});
afterEach(() => rm(directory, { recursive: true }));

const python = (source: string, env: Record<string, string> = {}) =>
  runHook('python3', ['-c', source], directory, { LIBRA_URL: 'http://127.0.0.1:1', ...env });
const fine = { code: 0, lastLines: [] };

describe.skipIf(!hasPython)('Lightning', () => {
  const prepared = `
import types, libra_lightning
said = []
libra_lightning.notify = lambda path, step=None: said.append((path, step))
trainer = types.SimpleNamespace(global_step=4, is_global_zero=True, checkpoint_callback=types.SimpleNamespace(dirpath="ck"))
`;

  it('is told of a save once it is written, of the end, and of an exception', async () => {
    const source = `${prepared}
callback = libra_lightning.LibraCallback()
callback.on_train_start(trainer, None)
callback.on_save_checkpoint(trainer, None, {})
assert said == [("ck", None)], "it is not written yet"
trainer.global_step = 5
callback.on_train_batch_start(trainer, None, None, 0)
callback.on_train_batch_start(trainer, None, None, 1)
assert said == [("ck", None), ("ck", 4)]
callback.on_train_end(trainer, None)
callback.on_exception(trainer, None, ValueError())
assert said[2:] == [("ck", 5), ("ck", None)]
`;
    expect(await python(source)).toMatchObject(fine);
  });

  it('names the run it was given, is silent on other ranks, and raises nothing', async () => {
    const source = `${prepared}
libra_lightning.LibraCallback("out/run").on_train_end(trainer, None)
trainer.is_global_zero = False
libra_lightning.LibraCallback("out/run").on_train_end(trainer, None)
assert said == [("out/run", 4)]
def broken(*_): raise RuntimeError("no")
libra_lightning.notify = broken
trainer.is_global_zero = True
libra_lightning.LibraCallback().on_train_end(trainer, None)
`;
    expect(await python(source)).toMatchObject(fine);
  });

  it('takes the callback class of either package, and needs none', async () => {
    for (const name of ['lightning/pytorch', 'pytorch_lightning']) {
      const place = join(directory, `with-${name.replace('/', '-')}`);
      const folder = join(place, name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'callbacks.py'), 'class Callback: from_framework = True\n');
      await writeFile(join(folder, '__init__.py'), '');
      await writeFile(join(folder, '..', '__init__.py'), '');
      const source = 'import libra_lightning\nassert libra_lightning.LibraCallback.from_framework';
      const path = `${HOOKS}:${place}`;
      expect(await python(source, { PYTHONPATH: path })).toMatchObject(fine);
    }
  });
});

describe.skipIf(!hasPython)('Accelerate', () => {
  const prepared = `
import libra_accelerate
said = []
libra_accelerate.notify = lambda path, step=None: said.append((path, step))
class Accelerator:
    is_main_process = True
    def save_state(self, output_dir=None): return output_dir or "made/checkpoint_0"
    def save_model(self, model, save_directory): return None
    def end_training(self): raise RuntimeError("as before")
`;

  it('is told of what was saved and where, and its methods do what they did', async () => {
    const source = `${prepared}
import os
steps = iter((7, 8, 9))
accelerator = libra_accelerate.tell_libra(Accelerator(), step=lambda: next(steps))
assert accelerator.save_state() == "made/checkpoint_0"
assert accelerator.save_state("out/checkpoint-8") == "out/checkpoint-8"
accelerator.save_model(None, "out/model")
assert said == [("made/checkpoint_0", 7), ("out/checkpoint-8", 8), ("out/model", 9)]
try:
    accelerator.end_training()
    assert False
except RuntimeError as error:
    assert str(error) == "as before"
Accelerator.end_training = lambda self: None
accelerator = libra_accelerate.tell_libra(Accelerator())
accelerator.save_state("out/checkpoint-9")
accelerator.end_training()
assert said[-1] == (os.path.abspath("out"), None)
`;
    expect(await python(source)).toMatchObject(fine);
  });

  it('is silent on other ranks, and raises nothing of its own', async () => {
    const source = `${prepared}
Accelerator.is_main_process = False
assert libra_accelerate.tell_libra(Accelerator()).save_state("a") == "a" and said == []
Accelerator.is_main_process = True
def broken(): raise RuntimeError("no such step")
assert libra_accelerate.tell_libra(Accelerator(), step=broken).save_state("a") == "a"
`;
    expect(await python(source)).toMatchObject(fine);
  });
});

describe.skipIf(!hasPython)('what training goes on with', () => {
  it('is kept as a change whose effect is measured', async () => {
    const daemon = startServer({ token: TOKEN });
    const address = await daemon.server.listen();
    try {
      const source = `
from libra_notify import changed
assert changed("${RUN}", 900, phase="annealing", data_mix={"en": 0.6, "zh": 0.4}, learning_rate=1e-4)
assert not changed("${RUN}", 900)
assert not changed("${RUN}", "no step", stage="sft")
`;
      expect(await python(source, { LIBRA_URL: address, LIBRA_TOKEN: TOKEN })).toMatchObject({ code: 0 });
      expect(daemon.store.interventions.ofRun(RUN)).toMatchObject([
        { step: 900, note: 'phase annealing; data mix en 0.6, zh 0.4; learning rate 0.0001', by: 'training' },
      ]);
    } finally {
      await daemon.stop();
    }
  });
});

describe('Slurm and systemd', () => {
  it('has job scripts that the shell can read, and last words that never fail', async () => {
    const read = (shell: string, script: string) => spawnSync(shell, ['-n', join(HOOKS, 'slurm', script)]).status;
    expect([read('bash', 'libra.sbatch'), read('sh', 'epilog.sh')]).toEqual([0, 0]);
    const last = join(HOOKS, 'slurm/epilog.sh');
    expect((await runHook('sh', [last], directory, {})).code).toBe(0);
    expect((await runHook('sh', [last, 'run'], directory, { LIBRA_URL: 'http://127.0.0.1:1' })).code).toBe(0);
  });

  it('stops the daemon and queues its job again when its time is up', async () => {
    const bin = join(directory, 'bin');
    await mkdir(bin);
    await writeFile(
      join(bin, 'libra'),
      `#!/bin/sh\necho "libra $*" >>log\ntrap 'echo stopped >>log; exit 0' TERM\nsleep 0.2\nkill -TERM $PPID\ni=0; while [ $i -lt 400 ]; do sleep 0.05; i=$((i+1)); done\n`,
      { mode: 0o755 },
    );
    await writeFile(join(bin, 'scontrol'), '#!/bin/sh\necho "scontrol $*" >>log\n', { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env.PATH}`, SLURM_JOB_ID: '42', LIBRA_DATA: 'data' };
    expect((await runHook('bash', [join(HOOKS, 'slurm/libra.sbatch'), 'runs'], directory, env)).code).toBe(0);
    expect((await readFile(join(directory, 'log'), 'utf8')).trim().split('\n')).toEqual([
      'libra watch runs --data data --host 127.0.0.1',
      'stopped',
      'scontrol requeue 42',
    ]);
  });

  it.skipIf(findCommand('systemd-analyze') === null)('has a service file that systemd can read', () => {
    const unit = join(HOOKS, 'systemd/libra.service');
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    expect([status, stderr.split('\n').filter((line) => line.includes('libra.service'))]).toEqual([0, []]);
  });
});
