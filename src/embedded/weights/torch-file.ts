/** One torch.save file (.bin, .pt): a zip archive with a pickle that names tensors, and each storage as an entry stored as it is. */
import { open } from 'node:fs/promises';
import { brokenFile, quoteName } from './broken-file.ts';
import { PickleDict, readPickle } from './pickle.ts';
import { elementsOf, type TensorPlace } from './tensor-place.ts';
import { TorchTensor, torchWorld } from './torch-objects.ts';
import { withZipArchive, type ZipArchive } from './zip-archive.ts';

/** A pickle of a hundred thousand tensors has about 25 MB. */
const LARGEST_PICKLE = 64 * 1024 * 1024;

/** Where trainers put the state dict when they save more than it, best first. */
const USUAL_HOMES = ['state_dict', 'model_state_dict', 'model', 'module'];

/**
 * Name -> place of every tensor in `file`. A tensor whose elements do not lie one after the other is marked unusable.
 * @throws LibraError LIBRA_CHECKPOINT_INVALID when the file is torn, of torch before 1.6, or holds anything but tensors
 */
export async function readTorchFile(file: string): Promise<Map<string, TensorPlace>> {
  await refuseOldFormat(file);
  return withZipArchive(file, async (archive) => {
    const pickle = [...archive.entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
    if (pickle === undefined) throw brokenFile(file, 'is a zip archive, but not one of torch.save (no data.pkl)');
    const home = pickle.slice(0, -'data.pkl'.length);
    await refuseBigEndian(archive, `${home}byteorder`);
    const tensors = stateDictOf(file, unpickle(file, await archive.read(pickle, LARGEST_PICKLE)));
    const places = new Map<string, TensorPlace>();
    for (const [name, tensor] of tensors) places.set(name, placeOf(archive, home, name, tensor));
    if (places.size === 0) throw brokenFile(file, 'holds no tensors');
    return places;
  });
}

async function refuseOldFormat(file: string): Promise<void> {
  const handle = await open(file, 'r').catch((cause) => {
    throw brokenFile(file, 'cannot be opened', cause);
  });
  try {
    const start = Buffer.alloc(4);
    const { bytesRead } = await handle.read(start, 0, 4, 0);
    if (bytesRead < 4) throw brokenFile(file, `is only ${bytesRead} bytes long`);
    if (start.toString('latin1') === 'PK\x03\x04') return;
    const isPickle = start[0] === 0x80;
    throw brokenFile(
      file,
      isPickle
        ? 'is in the format of torch before 1.6; load it with torch and torch.save it again, or save safetensors'
        : 'is not a torch.save file',
    );
  } finally {
    await handle.close();
  }
}

async function refuseBigEndian(archive: ZipArchive, name: string): Promise<void> {
  if (!archive.entries.has(name)) return; // torch before 2.1 did not say; such files are little-endian in practice
  const order = (await archive.read(name, 16)).toString('latin1');
  if (order !== 'little') throw brokenFile(archive.file, `was written in ${quoteName(order)}-endian byte order`);
}

function unpickle(file: string, bytes: Buffer): unknown {
  try {
    return readPickle(bytes, torchWorld);
  } catch (cause) {
    throw brokenFile(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** The tensors by name: of the file's own dict, or of the one dict of tensors inside it. */
function stateDictOf(file: string, root: unknown): Map<string, TorchTensor> {
  if (!(root instanceof PickleDict)) throw brokenFile(file, 'does not hold a state dict');
  const own = tensorsOf(root);
  if (own.size > 0) return own;
  const inner = root.entries.flatMap(([name, value]) => {
    const tensors = value instanceof PickleDict ? tensorsOf(value) : new Map<string, TorchTensor>();
    return typeof name === 'string' && tensors.size > 0 ? [{ name, tensors }] : [];
  });
  const usual = USUAL_HOMES.map((home) => inner.find(({ name }) => name === home)).find((found) => found !== undefined);
  const chosen = usual ?? (inner.length === 1 ? inner[0] : undefined);
  if (chosen !== undefined) return chosen.tensors;
  const several = inner.map(({ name }) => quoteName(name)).slice(0, 5);
  throw brokenFile(
    file,
    several.length === 0 ? 'holds no tensors' : `holds several state dicts (${several.join(', ')})`,
  );
}

function tensorsOf(dict: PickleDict): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  for (const [name, value] of dict.entries) {
    if (typeof name === 'string' && value instanceof TorchTensor) tensors.set(name, value);
  }
  return tensors;
}

function placeOf(archive: ZipArchive, home: string, name: string, tensor: TorchTensor): TensorPlace {
  const { file, entries } = archive;
  const { storage, type, shape, strides, offset } = tensor;
  const entry = entries.get(`${home}data/${storage.key}`);
  if (entry === undefined) throw brokenFile(file, `has no data for tensor ${quoteName(name)}`);
  const storageBytes = storage.size * (storage.type?.bytes ?? 1);
  if (entry.length < storageBytes) {
    throw brokenFile(file, `has ${entry.length} bytes for tensor ${quoteName(name)}, but names ${storageBytes}`);
  }
  if (strides.length !== shape.length) throw brokenFile(file, `describes tensor ${quoteName(name)} wrongly`);
  const elements = elementsOf(shape);
  const last = elements === 0 ? 0 : 1 + shape.reduce((sum, size, at) => sum + (size - 1) * (strides[at] as number), 0);
  if (!((offset + last) * type.bytes <= storageBytes)) {
    throw brokenFile(file, `lets tensor ${quoteName(name)} reach behind its data`);
  }
  const place = {
    dtype: type.dtype,
    shape,
    file,
    offset: entry.offset + offset * type.bytes,
    length: elements * type.bytes,
  };
  if (isContiguous(shape, strides)) return place;
  if (shape.length === 2 && isContiguous([...shape].reverse(), [...strides].reverse())) {
    return { ...place, isTransposed: true };
  }
  return { ...place, length: 0, unusable: 'is a strided view; call .contiguous() on it before it is saved' };
}

/** Do the elements lie one after the other? Strides of dimensions of size 1 mean nothing. */
function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let at = shape.length - 1; at >= 0; at--) {
    const size = shape[at] as number;
    if (size !== 1 && strides[at] !== expected) return size === 0 || shape.includes(0);
    expected *= size;
  }
  return true;
}
