import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFileProofs } from '../../src/checkpoint/file-proofs.ts';
import { inspectCheckpoint } from '../../src/checkpoint/inspect.ts';
import { hfFiles, safetensors, torchArchive, trainerState, writeFiles } from '../fakes/checkpoint-files.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';

const inspect = (directory: string, step = 5) => inspectCheckpoint(directory, step, createFileProofs(directory));

async function checkpoint(files = hfFiles({ step: 5 })) {
  const directory = join(await temporaryPlace(), 'checkpoint-5');
  await mkdir(directory);
  await writeFiles(directory, files);
  return directory;
}

describe('hugging face', () => {
  it.each([1, 3])('is whole only after the last of the files the Trainer writes (%i shards)', async (shards) => {
    const files = hfFiles({ step: 5, shards });
    const directory = await checkpoint([]);
    const tokenizer = files.findIndex(([name]) => name === 'tokenizer.json');
    for (const [at, file] of files.entries()) {
      await writeFiles(directory, [file]);
      const { missing, signal, awaited } = await inspect(directory);
      if (at < tokenizer) expect(missing, `after ${file[0]}`).not.toEqual([]);
      else expect(missing).toEqual([]);
      expect(signal).toBe(at === files.length - 1);
      expect(awaited).toBe(at > tokenizer && !signal ? 'trainer_state.json' : null);
    }
  });

  it('pins what an engine needs, and fingerprints what makes it the model it is', async () => {
    const { files, identity, format } = await inspect(await checkpoint());
    expect(format).toBe('hugging-face');
    expect(files).toContain('trainer_state.json');
    expect(files).not.toContain('optimizer.pt');
    expect(identity).toEqual(['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']);
  });

  it('names the shard that is missing', async () => {
    const directory = await checkpoint(hfFiles({ step: 5, shards: 3 }));
    await rm(join(directory, 'model-00002-of-00003.safetensors'));
    expect((await inspect(directory)).missing).toEqual(['model-00002-of-00003.safetensors is missing']);
  });

  it('names the shards that must come when the index is not there yet', async () => {
    const directory = await checkpoint(hfFiles({ step: 5, shards: 3 }).slice(0, 3));
    const { missing } = await inspect(directory);
    expect(missing).toContain('model-00002-of-00003.safetensors, model-00003-of-00003.safetensors are missing');
    expect(missing).toContain('model.safetensors.index.json is missing');
  });

  it.each([
    ['cut off in its data', async (path: string) => truncate(path, safetensors(5).length - 1), /has \d+ of \d+ bytes/],
    ['only its header', async (path: string) => truncate(path, safetensors(5).length - 512), /has \d+ of \d+ bytes/],
    ['cut off in its header', async (path: string) => truncate(path, 20), /ends inside its header/],
    ['empty', async (path: string) => truncate(path, 0), /not even a header/],
    ['made long before it is filled', async (path: string) => writeFile(path, Buffer.alloc(900)), /no header yet/],
    [
      'too long',
      async (path: string) => writeFile(path, Buffer.concat([safetensors(5), Buffer.alloc(3)])),
      /3 bytes more/,
    ],
    ['hostile', async (path: string) => writeFile(path, Buffer.alloc(64, 0xff)), /claims a header of/],
  ])('sees weights that are %s', async (_what, spoil, message) => {
    const directory = await checkpoint();
    await spoil(join(directory, 'model.safetensors'));
    expect((await inspect(directory)).missing.join()).toMatch(message);
  });

  it('reads a file again when it changed, with the same proofs', async () => {
    const directory = await checkpoint();
    const proofs = createFileProofs(directory);
    await truncate(join(directory, 'model.safetensors'), 100);
    expect((await inspectCheckpoint(directory, 5, proofs)).missing).toHaveLength(1);
    await writeFile(join(directory, 'model.safetensors'), safetensors(5));
    expect((await inspectCheckpoint(directory, 5, proofs)).missing).toEqual([]);
  });

  it('takes a trainer_state.json with NaN, and refuses one of another step', async () => {
    const directory = await checkpoint(hfFiles({ step: 5, loss: 'NaN' }));
    expect((await inspect(directory)).signal).toBe(true);
    await writeFile(join(directory, 'trainer_state.json'), trainerState(4));
    expect((await inspect(directory)).missing).toEqual(['trainer_state.json is of step 4, not 5']);
    await writeFile(join(directory, 'trainer_state.json'), trainerState(5).slice(0, 60));
    expect((await inspect(directory)).missing).toEqual(['trainer_state.json is not complete JSON']);
  });

  it.each(['checkpoint-is-incomplete.txt', '.tmpA1b2C3', 'model.safetensors.incomplete'])(
    'believes %s',
    async (name) => {
      const directory = await checkpoint();
      await writeFile(join(directory, name), '');
      expect((await inspect(directory)).missing).toHaveLength(1);
    },
  );

  it('says what is missing in a directory with a config only', async () => {
    const { missing, format } = await inspect(await checkpoint(hfFiles({ step: 5 }).slice(0, 1)));
    expect(format).toBe('hugging-face');
    expect(missing.join('; ')).toMatch(/weights are missing.*; a tokenizer is missing/);
  });

  it('tells where the weights went when only DeepSpeed shards are there', async () => {
    const directory = await checkpoint(hfFiles({ step: 5 }).filter(([name]) => name !== 'model.safetensors'));
    await mkdir(join(directory, 'global_step5'));
    expect((await inspect(directory)).missing.join()).toContain('stage3_gather_16bit_weights_on_model_save');
  });

  it('proves a torch.save archive by its end', async () => {
    const files = hfFiles({ step: 5 }).filter(([name]) => name !== 'model.safetensors');
    const directory = await checkpoint([...files, ['pytorch_model.bin', torchArchive(5)]]);
    expect((await inspect(directory)).missing).toEqual([]);
    await truncate(join(directory, 'pytorch_model.bin'), torchArchive(5).length - 4);
    expect((await inspect(directory)).missing.join()).toContain('has no end yet');
  });

  it('refuses an index that leads out of the checkpoint', async () => {
    const index = '{"weight_map": {"a": "../../secret.safetensors"}}';
    const { missing } = await inspect(
      await checkpoint([...hfFiles({ step: 5 }), ['model.safetensors.index.json', index]]),
    );
    expect(missing.join()).toContain('names "../../secret.safetensors"');
  });
});

describe('peft', () => {
  it('is whole once adapter_config.json, which comes last, is there', async () => {
    const directory = await checkpoint([['adapter_model.safetensors', safetensors(1)]]);
    const half = await inspect(directory);
    expect([half.format, half.missing]).toEqual(['peft', ['adapter_config.json is missing']]);
    await writeFile(join(directory, 'adapter_config.json'), '{"base_model_name_or_path": "some/model"}');
    const whole = await inspect(directory);
    expect(whole.missing).toEqual([]);
    expect(whole.identity).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
  });
});
