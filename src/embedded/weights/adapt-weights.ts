/**
 * Base weights and a PEFT LoRA adapter -> the weights of the adapted model. Nothing is computed here: each changed tensor says what
 * is made of it, and the graph does it. Semantics are those of PEFT's own forward pass.
 */
import { LibraError } from '../../domain/errors.ts';
import type { LowRank } from './adaptation.ts';
import { type AdapterConfig, strengthOf, unsupported } from './adapter-config.ts';
import { type LoraParts, sortAdapterTensors } from './adapter-tensors.ts';
import { nameInCheckpoint } from './tensor-names.ts';
import type { TensorPlace, Weights } from './tensor-place.ts';

type ModelConfig = Readonly<Record<string, unknown>>;

export interface AdaptedModel {
  /** config.json of the base, with what the adapter changes in it: a resized vocabulary, embeddings no longer tied. */
  readonly config: ModelConfig;
  readonly weights: Weights;
}

const EMBEDDING = /(?:^|\.)(?:embed_tokens|wte|embed_in|word_embeddings)\.weight$/;
const HEAD = /^(?:lm_head|embed_out)\.weight$/;

/**
 * @param config of the base model
 * @throws LibraError LIBRA_CHECKPOINT_INVALID for a tensor that fits nothing in the base, LIBRA_ARCHITECTURE_UNSUPPORTED for what
 * cannot be folded into weights
 */
export function adaptWeights(
  config: ModelConfig,
  base: Weights,
  adapter: AdapterConfig,
  tensors: Weights,
): AdaptedModel {
  const { lora, replaced, rows } = sortAdapterTensors(tensors);
  const model = new Adapting(config, base, adapter);
  for (const [name, place] of replaced) model.replace(name, place);
  for (const [path, place] of rows) model.setRows(path, place);
  for (const [path, parts] of lora) model.addLowRank(path, parts);
  return model.finish();
}

class Adapting {
  readonly #config: ModelConfig;
  readonly #base: Weights;
  readonly #adapter: AdapterConfig;
  readonly #weights: Map<string, TensorPlace>;
  /** Name of the embedding that is the language-model head too; null when the base keeps them apart. */
  readonly #tied: string | null;
  readonly #changed = new Set<string>();

  constructor(config: ModelConfig, base: Weights, adapter: AdapterConfig) {
    this.#config = config;
    this.#base = base;
    this.#adapter = adapter;
    this.#weights = new Map(base);
    const names = [...base.keys()];
    const isTied = config.tie_word_embeddings ?? !names.some((name) => HEAD.test(name));
    this.#tied = isTied === true ? (names.find((name) => EMBEDDING.test(name)) ?? null) : null;
  }

  replace(name: string, place: TensorPlace): void {
    const target = this.#find(name);
    const old = this.#weights.get(target) as TensorPlace;
    const isVocabulary = EMBEDDING.test(target) || HEAD.test(target);
    if (place.shape.slice(isVocabulary ? 1 : 0).join() !== old.shape.slice(isVocabulary ? 1 : 0).join()) {
      throw misfit(name, `is [${place.shape}], but the base model has [${old.shape}]`);
    }
    this.#set(target, place);
  }

  setRows(path: string, rows: TensorPlace): void {
    const target = this.#find(`${path}.weight`);
    const indices = tokenIndices(this.#adapter, path);
    const old = this.#weights.get(target) as TensorPlace;
    if (rows.shape.join() !== [indices.length, ...old.shape.slice(1)].join()) {
      throw misfit(path, `has trained rows of [${rows.shape}], but adapter_config.json names ${indices.length} tokens`);
    }
    if (indices.some((index) => index >= (old.shape[0] ?? 0)))
      throw misfit(path, 'trains tokens the base does not have');
    this.#set(target, { ...old, adaptation: { kind: 'rows', rows, indices } });
    // PEFT trains the tokens of a tied embedding in both of its uses.
    if (target === this.#tied) this.#changed.delete(target);
  }

  addLowRank(path: string, parts: LoraParts): void {
    const target = this.#find(`${path}.weight`);
    const old = this.#weights.get(target) as TensorPlace;
    if (old.adaptation !== undefined) throw unsupported(`adapters that change ${target} in two ways`);
    this.#set(target, { ...old, adaptation: this.#lowRank(path, old, parts) });
    if (parts.bias === undefined) return;
    const bias = nameInCheckpoint(this.#weights, `${path}.bias`);
    if (bias === null || parts.magnitude !== undefined)
      throw unsupported(`LoRA bias on ${path}, which has none itself`);
    const { scale } = strengthOf(this.#adapter, path);
    const place = this.#weights.get(bias) as TensorPlace;
    this.#weights.set(bias, { ...place, adaptation: { kind: 'sum', addend: parts.bias, scale } });
  }

  finish(): AdaptedModel {
    const head = this.#separateHead();
    const embedding = [...this.#weights.keys()].find((name) => EMBEDDING.test(name));
    const rows = embedding === undefined ? undefined : this.#weights.get(embedding)?.shape[0];
    const headRows = head === null ? rows : this.#weights.get(head)?.shape[0];
    if (rows !== headRows) throw misfit('lm_head', `has ${headRows} tokens, but the embedding ${rows}`);
    const was = embedding === undefined ? undefined : this.#base.get(embedding)?.shape[0];
    return {
      weights: this.#weights,
      config: {
        ...this.#config,
        ...(rows !== undefined && rows !== was && { vocab_size: rows }),
        ...(this.#tied !== null && head !== null && { tie_word_embeddings: false }),
      },
    };
  }

  /**
   * A tied base has one matrix for embedding and head, but PEFT changes only the module an adapter names: the other one keeps the
   * base's values. With ensure_weight_tying, or where only a resized embedding was saved, they stay one.
   * @returns the head's name; null when it is (still) the embedding
   */
  #separateHead(): string | null {
    if (this.#tied === null) return [...this.#weights.keys()].find((name) => HEAD.test(name)) ?? null;
    const head = this.#headName();
    if (this.#changed.has(head)) return head;
    const before = this.#base.get(this.#tied) as TensorPlace;
    const isResized = this.#weights.get(this.#tied)?.shape[0] !== before.shape[0];
    if (!this.#changed.has(this.#tied) || isResized || this.#adapter.ensure_weight_tying) return null;
    this.#weights.set(head, before);
    return head;
  }

  #headName(): string {
    return this.#config.model_type === 'gpt_neox' ? 'embed_out.weight' : 'lm_head.weight';
  }

  #set(name: string, place: TensorPlace): void {
    this.#weights.set(name, place);
    this.#changed.add(name);
  }

  /** The checkpoint's name of a base tensor; the head of a tied model begins as a second use of the embedding. */
  #find(name: string): string {
    if (this.#tied !== null && name === this.#headName()) {
      if (!this.#changed.has(name)) this.#weights.set(name, this.#base.get(this.#tied) as TensorPlace);
      return name;
    }
    const known = nameInCheckpoint(this.#weights, name);
    if (known === null) throw misfit(name, 'names no tensor of the base model');
    return known;
  }

  #lowRank(path: string, base: TensorPlace, { a, b, magnitude, isEmbedding }: LoraParts): LowRank {
    if (a === undefined || b === undefined) throw new TypeError('pairs were checked');
    const { rank, scale } = strengthOf(this.#adapter, path);
    if (a.shape.length !== 2 || b.shape.length !== 2 || a.shape[0] !== rank || b.shape[1] !== rank) {
      throw misfit(path, `has A [${a.shape}] and B [${b.shape}], but adapter_config.json gives it rank ${rank}`);
    }
    const [inputs, outputs] = [a.shape[1], b.shape[0]];
    const outputsFirst = base.shape.join() === `${outputs},${inputs}`;
    const inputsFirst = base.shape.join() === `${inputs},${outputs}`;
    if (!outputsFirst && !inputsFirst) {
      throw misfit(path, `has A [${a.shape}] and B [${b.shape}], but the base model's weight is [${base.shape}]`);
    }
    if (this.#adapter.use_dora && magnitude === undefined) throw misfit(path, 'has no lora_magnitude_vector');
    // Where both fit (a square), GPT-2's Conv1D is what keeps inputs first beside embeddings.
    const isConv1d = this.#config.model_type === 'gpt2' || this.#adapter.fan_in_fan_out === true;
    const isInputsFirst = isEmbedding || !outputsFirst || (inputsFirst && isConv1d);
    return { kind: 'low-rank', a, b, scale, isInputsFirst, magnitude: magnitude ?? null };
  }
}

/** trainable_token_indices: a list for the input embedding, or lists by module. */
function tokenIndices({ trainable_token_indices: indices }: AdapterConfig, path: string): readonly number[] {
  if (Array.isArray(indices)) return indices;
  const key = Object.keys(indices ?? {}).find((name) => path === name || path.endsWith(`.${name}`));
  const found = key === undefined ? undefined : indices?.[key as keyof typeof indices];
  if (found === undefined) throw misfit(path, 'has trained rows, but adapter_config.json does not say of which tokens');
  return found as readonly number[];
}

function misfit(name: string, what: string): LibraError {
  return new LibraError('LIBRA_CHECKPOINT_INVALID', `${JSON.stringify(name.slice(0, 150))} of the adapter ${what}`, {
    hint: 'Adapter and base model do not belong together: name the base it was trained on with --base-model DIR.',
  });
}
