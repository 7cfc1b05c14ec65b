/**
 * What the globals in a torch.save file may mean: storages, tensors over them and ordered dicts. Facts of torch's own serialisation
 * (torch/serialization.py, torch/_utils.py); any other global is refused by name, and nothing is ever called.
 */
import { quoteName } from './broken-file.ts';
import { PickleDict, PickleTuple, type PickleWorld } from './pickle.ts';

/** A storage as the pickle names it: an entry of the archive. */
export class TorchStorage {
  readonly key: string;
  /** Null for an untyped one, whose tensors bring their own type. */
  readonly type: ElementKind | null;
  /** Elements of the type; bytes when untyped. */
  readonly size: number;
  constructor(key: string, type: ElementKind | null, size: number) {
    this.key = key;
    this.type = type;
    this.size = size;
  }
}

/** A tensor over a storage. Offset and strides count elements. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly type: ElementKind;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: TorchStorage, type: ElementKind, offset: number, shape: number[], strides: number[]) {
    this.storage = storage;
    this.type = type;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** Named as safetensors names it. */
export interface ElementKind {
  readonly dtype: string;
  readonly bytes: number;
}

const kind = (dtype: string, bytes: number): ElementKind => ({ dtype, bytes });

const ELEMENTS: Readonly<Record<string, ElementKind>> = {
  'torch.float64': kind('F64', 8),
  'torch.float32': kind('F32', 4),
  'torch.float16': kind('F16', 2),
  'torch.bfloat16': kind('BF16', 2),
  'torch.int64': kind('I64', 8),
  'torch.int32': kind('I32', 4),
  'torch.int16': kind('I16', 2),
  'torch.int8': kind('I8', 1),
  'torch.uint64': kind('U64', 8),
  'torch.uint32': kind('U32', 4),
  'torch.uint16': kind('U16', 2),
  'torch.uint8': kind('U8', 1),
  'torch.bool': kind('BOOL', 1),
  'torch.float8_e4m3fn': kind('F8_E4M3', 1),
  'torch.float8_e5m2': kind('F8_E5M2', 1),
};

const STORAGES: Readonly<Record<string, ElementKind | null>> = {
  'torch.DoubleStorage': kind('F64', 8),
  'torch.FloatStorage': kind('F32', 4),
  'torch.HalfStorage': kind('F16', 2),
  'torch.BFloat16Storage': kind('BF16', 2),
  'torch.LongStorage': kind('I64', 8),
  'torch.IntStorage': kind('I32', 4),
  'torch.ShortStorage': kind('I16', 2),
  'torch.CharStorage': kind('I8', 1),
  'torch.ByteStorage': kind('U8', 1),
  'torch.BoolStorage': kind('BOOL', 1),
  'torch.storage.UntypedStorage': null,
  'torch.storage.TypedStorage': null,
};

/** What may be called, each as a function of its arguments that only arranges values. */
const CALLS: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  'collections.OrderedDict': (args) => {
    if (args.length > 0) throw new Error('fills an OrderedDict in an unknown way');
    return new PickleDict();
  },
  'torch.Size': ([sizes]) => {
    if (!(sizes instanceof PickleTuple)) throw new Error('holds a torch.Size without sizes');
    return sizes;
  },
  'torch._utils._rebuild_tensor_v2': ([storage, offset, size, strides]) => {
    if (!(storage instanceof TorchStorage) || storage.type === null)
      throw new Error('holds a tensor without a storage');
    return new TorchTensor(storage, storage.type, wholeNumber(offset), sizes(size), sizes(strides));
  },
  // Element types that have no storage class of their own come with an untyped storage and a dtype.
  'torch._utils._rebuild_tensor_v3': ([storage, offset, size, strides, , , dtype]) => {
    if (!(storage instanceof TorchStorage)) throw new Error('holds a tensor without a storage');
    if (!(dtype instanceof Named) || ELEMENTS[dtype.name] === undefined) throw new Error('holds a tensor of no type');
    return new TorchTensor(
      storage,
      ELEMENTS[dtype.name] as ElementKind,
      wholeNumber(offset),
      sizes(size),
      sizes(strides),
    );
  },
  'torch._utils._rebuild_parameter': ([tensor]) => {
    if (!(tensor instanceof TorchTensor)) throw new Error('holds a parameter that is not a tensor');
    return tensor;
  },
};

/** A global of the lists above, not yet used. */
class Named {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export const torchWorld: PickleWorld = {
  global(name) {
    if (Object.hasOwn(ELEMENTS, name) || Object.hasOwn(STORAGES, name) || Object.hasOwn(CALLS, name))
      return new Named(name);
    throw new Error(`asks for ${quoteName(name)}, and only tensors are read from it`);
  },
  call(callee, args) {
    const call = callee instanceof Named && Object.hasOwn(CALLS, callee.name) ? CALLS[callee.name] : undefined;
    if (call === undefined) throw new Error('calls something that is no function of tensors');
    return call(args);
  },
  /** ('storage', class, key, device, size) */
  persistent(id) {
    const [what, type, key, , size] = id instanceof PickleTuple ? id.items : [];
    if (
      what !== 'storage' ||
      !(type instanceof Named) ||
      !Object.hasOwn(STORAGES, type.name) ||
      typeof key !== 'string'
    ) {
      throw new Error('names data that is no storage');
    }
    return new TorchStorage(key, STORAGES[type.name] ?? null, wholeNumber(size));
  },
};

function sizes(value: unknown): number[] {
  if (!(value instanceof PickleTuple) || value.items.length > 16) throw new Error('holds a tensor of impossible shape');
  return value.items.map(wholeNumber);
}

function wholeNumber(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error('holds a tensor of impossible size');
}
