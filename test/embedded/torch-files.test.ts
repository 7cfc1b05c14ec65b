/** torch.save files: what torch wrote is read to the byte, and what is torn, old or hostile is refused without being run. */
import { copyFile, cp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadEngine } from '../../src/embedded/engine.ts';
import { findWeights } from '../../src/embedded/weights/find-weights.ts';
import type { TensorPlace } from '../../src/embedded/weights/tensor-place.ts';
import { readTorchFile } from '../../src/embedded/weights/torch-file.ts';
import { expectMeasured } from './measure.ts';
import { recordedFile, recordedWeights } from './recorded/weights.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { torchArchive, zipOf } from './torch-archive.ts';

const LOAD = { workDirectory: null, threads: 1, maxLength: null };

const DTYPES: Record<string, string> = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  bool: 'BOOL',
  uint8: 'U8',
};

async function bytesAt(place: TensorPlace): Promise<Buffer> {
  await using handle = await open(place.file, 'r');
  const buffer = Buffer.alloc(place.length);
  await handle.read(buffer, 0, place.length, place.offset);
  return buffer;
}

async function float32sAt(place: TensorPlace): Promise<number[]> {
  const bytes = await bytesAt(place);
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

describe('files of real torch', () => {
  test.each(['layouts.bin', 'protocol4.bin', 'protocol5.bin', 'nested.bin'])('%s', async (file) => {
    const weights = await readTorchFile(recordedFile(file));
    expect([...weights.keys()].sort()).toEqual(Object.keys(recordedWeights.tensors).sort());
    for (const [name, wanted] of Object.entries(recordedWeights.tensors)) {
      const place = weights.get(name)!;
      expect(place).toMatchObject({ dtype: DTYPES[wanted.dtype], shape: wanted.shape, file: recordedFile(file) });
      if (name === 'strided') expect(place.unusable).toMatch(/strided view.*contiguous/);
      else if (name === 'transposed') expect(await float32sAt(place)).toEqual(columnsFirst(wanted.values, 7, 3));
      else if (wanted.dtype === 'float32') expect(await float32sAt(place)).toEqual(wanted.values);
      else if (wanted.dtype === 'bfloat16') expect(bfloat16s(await bytesAt(place))).toEqual(wanted.values);
    }
    expect(weights.get('tied')?.offset).toBe(weights.get('fp32')?.offset);
    expect(weights.get('rows')?.offset).toBe(weights.get('fp32')!.offset + 2 * 4 * 4);
    expect(weights.get('transposed')?.isTransposed).toBe(true);
  });

  test('a state dict under its usual name is taken before others; one among equals is not guessed', async () => {
    expect([...(await readTorchFile(recordedFile('usual.bin'))).keys()]).toEqual(['a']);
    await expect(readTorchFile(recordedFile('several.bin'))).rejects.toThrow(/several state dicts \("left", "right"\)/);
  });

  test('types that no graph can use do not disturb the others', async () => {
    const weights = await readTorchFile(recordedFile('float8.bin'));
    expect(weights.get('a')).toMatchObject({ dtype: 'F8_E4M3', shape: [3], length: 3 });
    expect(weights.get('b')?.dtype).toBe('F32');
  });

  test('a file of torch before 1.6 and one with a Python object are refused by name', async () => {
    await expect(readTorchFile(recordedFile('legacy.bin'))).rejects.toThrow(/torch before 1\.6.*torch\.save it again/);
    await expect(readTorchFile(recordedFile('namespace.bin'))).rejects.toThrow(/asks for "argparse\.Namespace"/);
  });

  test('a model in shards gives the numbers of transformers', async () => {
    await using directory = await temporaryDirectory();
    await cp(recordedFile('sharded'), directory.path, { recursive: true });
    await cp(join(recordedFile(''), '../tokenizer'), directory.path, { recursive: true });
    await expectMeasured(await loadEngine(directory.path, LOAD), recordedWeights.models.sharded);
    await rm(join(directory.path, 'pytorch_model-00002-of-00002.bin'));
    await expect(findWeights(directory.path)).rejects.toThrow(/pytorch_model-00002-of-00002\.bin cannot be opened/);
  });

  test('safetensors go before torch.save files, one file before an index', async () => {
    await using directory = await temporaryDirectory();
    await copyFile(recordedFile('usual.bin'), join(directory.path, 'pytorch_model.bin'));
    expect([...(await findWeights(directory.path)).keys()]).toEqual(['a']);
    await writeSeeded('plain', directory.path);
    await writeFile(join(directory.path, 'model.safetensors.index.json'), '{"weight_map": {"b": "gone.safetensors"}}');
    expect((await findWeights(directory.path)).has('model.norm.weight')).toBe(true);
  });
});

function columnsFirst(values: readonly number[], rows: number, columns: number): number[] {
  return Array.from({ length: values.length }, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
}

function bfloat16s(bytes: Buffer): number[] {
  const wide = Buffer.alloc(bytes.length * 2);
  for (let at = 0; at < bytes.length; at += 2) bytes.copy(wide, at * 2 + 2, at, at + 2);
  return Array.from({ length: bytes.length / 2 }, (_, at) => wide.readFloatLE(at * 4));
}

describe('torn files are said in a sentence', () => {
  test.each([
    [0, /only 0 bytes/],
    [30, /not a whole zip archive/],
    [1500, /not a whole zip archive/],
    [-10, /not a whole zip archive/],
    [-120, /not a whole zip archive/],
  ])('cut at %i', async (end, sentence) => {
    await using directory = await temporaryDirectory();
    const file = join(directory.path, 'pytorch_model.bin');
    await writeFile(file, (await readFile(recordedFile('layouts.bin'))).subarray(0, end));
    await expect(readTorchFile(file)).rejects.toMatchObject({
      code: 'LIBRA_CHECKPOINT_INVALID',
      message: expect.stringMatching(sentence),
    });
  });
});

const bytes = (...parts: (string | number | Buffer)[]) =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === 'number' ? Buffer.of(part) : Buffer.isBuffer(part) ? part : Buffer.from(part, 'latin1'),
    ),
  );
const start = bytes(0x80, 2);
const text = (value: string) => bytes('X', Buffer.of(value.length, 0, 0, 0), value);
const storage = (numel: Buffer) =>
  bytes('(', text('storage'), 'ctorch\nFloatStorage\n', text('0'), text('cpu'), numel, 'tQ');
const one = bytes('K', 1);
/** {"a": a tensor of these arguments} */
const tensor = (numel: Buffer, ...args: Buffer[]) =>
  bytes(start, '}', text('a'), 'ctorch._utils\n_rebuild_tensor_v2\n(', storage(numel), ...args, 'tRs.');
const huge = bytes(0x8a, 8, Buffer.of(255, 255, 255, 255, 255, 255, 255, 127));

const HOSTILE: Record<string, [Buffer, RegExp]> = {
  'os.system': [bytes(start, 'cposix\nsystem\n', text('touch /tmp/owned'), 0x85, 'R.'), /asks for "posix\.system"/],
  'builtins.eval by stack': [bytes(start, text('builtins'), text('eval'), 0x93, '.'), /asks for "builtins\.eval"/],
  'a global that only looks like one of torch': [bytes(start, 'ctorch.hub\nload\n.'), /"torch\.hub\.load"/],
  'a property of every object': [bytes(start, 'cconstructor\nname\n.'), /"constructor\.name"/],
  'a call of a storage class': [bytes(start, 'ctorch\nFloatStorage\n)R.'), /calls something that is no function/],
  'a call of text': [bytes(start, text('os.system'), ')R.'), /calls something/],
  NEWOBJ: [bytes(start, 'ctorch\nSize\n)', 0x81, '.'), /instruction NEWOBJ/],
  INST: [bytes(start, '(iposix\nsystem\n.'), /instruction INST/],
  EXT1: [bytes(start, 0x82, 1, '.'), /instruction EXT1/],
  'an unknown instruction': [bytes(start, 0xff, '.'), /instruction 0xff/],
  'protocol 0': [bytes("cposix\nsystem\n(S'id'\ntR."), /not a pickle of protocol 2/],
  'protocol 9': [bytes(0x80, 9, 'N.'), /protocol 9/],
  'endless nesting': [bytes(start, '('.repeat(100_000), '.'), /nests its values too deeply/],
  'nested tuples without end': [bytes(start, 'N', Buffer.alloc(1_200_000, 0x85), '.'), /more than 1000000 objects/],
  'a bomb of objects': [bytes(start, Buffer.alloc(1_200_000, 0x7d), '.'), /(?:piles up|builds) more than/],
  'a bomb of memory': [bytes(start, 'N', Buffer.alloc(1_100_000, 0x94), '.'), /remembers more than/],
  'a bomb of lists in lists': [
    bytes(start, ']q', 0, Buffer.from('(h\0h\0h\0h\0e'.repeat(300_000), 'latin1'), '.'),
    /more than 1000000 objects/,
  ],
  'a text of four gigabytes': [bytes(start, 'X', Buffer.of(255, 255, 255, 255), 'abc.'), /ends in the middle/],
  'a text of exabytes': [bytes(0x80, 4, 0x8d, Buffer.alloc(8, 0x7f), '.'), /too large/],
  'a number of 200 bytes': [bytes(start, 0x8a, 200, Buffer.alloc(200, 1), '.'), /whole number of 200 bytes/],
  'a value that is not there': [bytes(start, 's.'), /a value that is not there/],
  'a value behind the mark': [bytes(start, 'N(', 0x85, '.'), /a value that is not there/],
  'a memory never kept': [bytes(start, 'h', 7, '.'), /recalls a value it never kept/],
  'no end': [bytes(start, '}'), /ends in the middle/],
  nothing: [Buffer.alloc(0), /ends in the middle/],
  'a list': [bytes(start, '].'), /does not hold a state dict/],
  'attributes of a tuple': [bytes(start, ')}b.'), /attributes of something that is not a dict/],
  'an empty dict': [bytes(start, '}.'), /holds no tensors/],
  'data of another kind': [bytes(start, text('file:///etc/passwd'), 'Q.'), /names data that is no storage/],
  'a tensor larger than its storage': [
    tensor(one, bytes('K', 0), bytes('K', 9, 0x85), bytes('K', 1, 0x85)),
    /reach behind its data/,
  ],
  'an offset behind the storage': [
    tensor(one, bytes('K', 5), bytes('K', 1, 0x85), bytes('K', 1, 0x85)),
    /reach behind/,
  ],
  'a stride behind the storage': [
    tensor(one, bytes('K', 0), bytes('K', 2, 0x85), bytes('M', 255, 255, 0x85)),
    /reach behind/,
  ],
  'a storage larger than its entry': [
    tensor(bytes('K', 200), bytes('K', 0), bytes('K', 1, 0x85), bytes('K', 1, 0x85)),
    /has 4 bytes for tensor "a", but names 800/,
  ],
  'a size near infinity': [tensor(one, bytes('K', 0), bytes(huge, 0x85), bytes('K', 1, 0x85)), /impossible size/],
  'a negative offset': [
    tensor(one, bytes('J', 255, 255, 255, 255), bytes('K', 1, 0x85), bytes('K', 1, 0x85)),
    /impossible size/,
  ],
  'more strides than sizes': [
    tensor(one, bytes('K', 0), bytes('K', 1, 0x85), bytes('K', 1, 'K', 1, 0x86)),
    /describes tensor "a" wrongly/,
  ],
};

test.each(Object.entries(HOSTILE))('a hostile pickle: %s', async (_name, [pickle, sentence]) => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'pytorch_model.bin');
  await writeFile(file, torchArchive(pickle, { 0: Buffer.alloc(4) }));
  await expect(readTorchFile(file)).rejects.toMatchObject({
    code: 'LIBRA_CHECKPOINT_INVALID',
    message: expect.stringMatching(sentence),
  });
});

const plain = () => tensor(one, bytes('K', 0), bytes('K', 1, 0x85), bytes('K', 1, 0x85));

test('a big-endian file, a compressed one, one without data and another zip are refused', async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'pytorch_model.bin');
  const refused = async (content: Buffer) => {
    await writeFile(file, content);
    return readTorchFile(file).then(String, (error) => error.message as string);
  };
  const data = { 0: Buffer.alloc(4) };
  expect(await refused(torchArchive(plain(), data, 'big'))).toMatch(/"big"-endian/);
  expect(await refused(torchArchive(plain(), {}))).toMatch(/no data for tensor "a"/);
  expect(await refused(zipOf([{ name: 'a/data.pkl', data: plain(), method: 8 }]))).toMatch(/compressed/);
  expect(await refused(zipOf([{ name: 'readme.txt', data: Buffer.alloc(3) }]))).toMatch(/no data\.pkl/);
  expect(await refused(zipOf([{ name: '../data.pkl', data: plain() }]))).toMatch(/not a whole zip archive/);
  expect(await refused(zipOf([{ name: 'a/data.pkl', data: plain(), claimed: 1_000_000 }]))).toMatch(
    /ends before its entry|file bounds/,
  );
  await writeFile(file, torchArchive(plain(), data));
  expect([...(await readTorchFile(file)).keys()]).toEqual(['a']);
});
