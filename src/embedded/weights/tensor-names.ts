/** Names that a wrapper around the model put in front of its tensors, and those that were saved without the model's own prefix. */
import type { TensorPlace, Weights } from './tensor-place.ts';

/** torch.compile, DistributedDataParallel and FSDP wrap the model, and a trainer that saves the wrapper keeps their names. */
const WRAPPERS = ['_orig_mod.', 'module.', '_fsdp_wrapped_module.'];

/** The same tensors without the wrappers' names, where every one of them has it. */
export function withoutWrappers(weights: Weights): Weights {
  for (const wrapper of WRAPPERS) {
    if (weights.size === 0 || ![...weights.keys()].every((name) => name.startsWith(wrapper))) continue;
    return withoutWrappers(new Map([...weights].map(([name, place]) => [name.slice(wrapper.length), place])));
  }
  return weights;
}

/**
 * The tensor a model calls `name`. A checkpoint of the inner model alone lacks the first part of every name ("model.",
 * "transformer."): it is forgiven when no tensor at all has it.
 */
export function findTensor(weights: Weights, name: string): TensorPlace | undefined {
  const exact = weights.get(name);
  if (exact !== undefined) return exact;
  const inner = nameWithoutPrefix(weights, name);
  return inner === null ? undefined : weights.get(inner);
}

/** As `findTensor`, but the name under which the checkpoint keeps it; null when it does not. */
export function nameInCheckpoint(weights: Weights, name: string): string | null {
  if (weights.has(name)) return name;
  const inner = nameWithoutPrefix(weights, name);
  return inner !== null && weights.has(inner) ? inner : null;
}

function nameWithoutPrefix(weights: Weights, name: string): string | null {
  const dot = name.indexOf('.');
  if (dot < 0 || !/\./.test(name.slice(dot + 1))) return null;
  const prefix = name.slice(0, dot + 1);
  for (const known of weights.keys()) if (known.startsWith(prefix)) return null;
  return name.slice(dot + 1);
}
