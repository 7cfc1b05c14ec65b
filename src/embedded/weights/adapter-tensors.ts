/** The tensors of a PEFT adapter, sorted by the module they belong to and the part they play there. */
import { LibraError } from '../../domain/errors.ts';
import { unsupported } from './adapter-config.ts';
import { quoteName } from './broken-file.ts';
import { withoutWrappers } from './tensor-names.ts';
import type { TensorPlace, Weights } from './tensor-place.ts';

/** LoRA parts of one module. */
export interface LoraParts {
  a?: TensorPlace;
  b?: TensorPlace;
  /** Trained bias of B (lora_bias). */
  bias?: TensorPlace;
  magnitude?: TensorPlace;
  isEmbedding: boolean;
}

export interface AdapterTensors {
  /** By the module's path in the base model. */
  readonly lora: ReadonlyMap<string, LoraParts>;
  /** Tensors saved whole (modules_to_save, trained biases, resized embeddings), by the base tensor's name. */
  readonly replaced: ReadonlyMap<string, TensorPlace>;
  /** Trained rows of an embedding, by the module's path. */
  readonly rows: ReadonlyMap<string, TensorPlace>;
}

/** With the adapter's name ("default") or without it, as PEFT wrote at one time or another. */
const LORA =
  /^(.+?)\.lora_(A|B|embedding_A|embedding_B|magnitude_vector)(?:\.(?!weight$|bias$)[^.]+)?(?:\.(weight|bias))?$/;
const ROWS = /^(.+)\.token_adapter\.trainable_tokens_delta(?:\.[^.]+)?$/;
const BASE_COPY = /\.(?:original_module|token_adapter\.base_layer)\./;

/** @throws LibraError when a name fits nothing that PEFT's LoRA writes, or A stands without B */
export function sortAdapterTensors(tensors: Weights): AdapterTensors {
  const plain = new Map([...tensors].map(([name, place]) => [name.replace(/^base_model\.model\./, ''), place]));
  const lora = new Map<string, LoraParts>();
  const replaced = new Map<string, TensorPlace>();
  const rows = new Map<string, TensorPlace>();
  for (const [name, place] of withoutWrappers(plain)) {
    const [, path = '', part = '', ending = ''] = LORA.exec(name) ?? [];
    const rowsOf = ROWS.exec(name)?.[1];
    if (path !== '') addPart(lora, path, part, ending, place);
    else if (rowsOf !== undefined) rows.set(rowsOf, place);
    else if (/\.lora_/.test(name)) throw unsupported(`adapter tensor ${quoteName(name)}`);
    else if (!BASE_COPY.test(name)) replaced.set(nameOfBase(name), place);
  }
  for (const [path, { a, b }] of lora) {
    if (a === undefined || b === undefined) throw incomplete(path, a === undefined ? 'lora_A' : 'lora_B');
  }
  return { lora, replaced, rows };
}

function addPart(lora: Map<string, LoraParts>, path: string, part: string, ending: string, place: TensorPlace): void {
  const parts = lora.get(path) ?? { isEmbedding: false };
  lora.set(path, parts);
  if (part.startsWith('embedding')) parts.isEmbedding = true;
  if (part === 'magnitude_vector') parts.magnitude = place;
  else if (part.endsWith('A')) parts.a = place;
  else if (ending === 'bias') parts.bias = place;
  else parts.b = place;
}

/** The base tensor that a saved module stands for. */
function nameOfBase(name: string): string {
  return name.replace(/\.modules_to_save\.[^.]+(?=\.)/, '').replace(/\.base_layer(?=\.)/g, '');
}

function incomplete(path: string, missing: string): LibraError {
  return new LibraError('LIBRA_CHECKPOINT_INVALID', `the adapter has no ${missing} for ${quoteName(path)}`, {
    hint: 'Wait until the trainer has finished writing it, or save the adapter again.',
  });
}
