/** Which layers see everything and which only a window: `layer_types` of config.json, or an architecture's own pattern. */
import { flagOf, numberOf, type RawConfig, sizeOf, unsupported } from './model-config.ts';

export type LayerType = 'full_attention' | 'sliding_attention';

/**
 * One type for each layer.
 * @param pattern of an architecture, for configs that name no layer types
 */
export function layerTypesOf(config: RawConfig, layers: number, pattern: (layer: number) => LayerType): LayerType[] {
  const named = config.layer_types;
  if (named == null) return Array.from({ length: layers }, (_, layer) => pattern(layer));
  if (!Array.isArray(named) || named.length !== layers) {
    throw unsupported(`reading of layer_types that are not one for each of ${layers} layers`);
  }
  return named.map((type) => {
    if (type === 'full_attention' || type === 'sliding_attention') return type;
    throw unsupported(`layers of type ${JSON.stringify(type)}`);
  });
}

/** Tokens a layer of this type may look back; null for all, also when no sequence can be longer than the window. */
export function windowOf(config: RawConfig, type: LayerType, maxLength: number): number | null {
  if (type === 'full_attention') return null;
  const window = sizeOf(config, 'sliding_window');
  return window >= maxLength ? null : window;
}

/** The windows of Qwen: in layers from `max_window_layers` on, if `use_sliding_window` is set. */
export function upperWindows(config: RawConfig): (layer: number) => number | null {
  const isOn = flagOf(config, 'use_sliding_window', false) && config.sliding_window !== null;
  const first = isOn ? numberOf(config, 'max_window_layers') : Number.POSITIVE_INFINITY;
  const types = layerTypesOf(config, sizeOf(config, 'num_hidden_layers'), (layer) =>
    layer >= first ? 'sliding_attention' : 'full_attention',
  );
  if (!isOn && types.includes('sliding_attention')) {
    throw unsupported('window for layers of type "sliding_attention" while use_sliding_window is off');
  }
  const longest = sizeOf(config, 'max_position_embeddings');
  return (layer) => windowOf(config, types[layer] ?? 'full_attention', longest);
}
