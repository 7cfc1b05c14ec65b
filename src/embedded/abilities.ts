/** What the embedded engine declares, for those who choose between engines. */
import type { Request } from '../domain/request.ts';
import { ARCHITECTURES } from './graph/architectures/index.ts';

export const EMBEDDED_ABILITIES: {
  readonly answers: readonly Request['type'][];
  readonly architectures: readonly string[];
  readonly formats: readonly ('safetensors' | 'pytorch')[];
  readonly adapters: boolean;
  readonly quantised: boolean;
} = {
  answers: ['loglikelihood', 'loglikelihood_rolling', 'generate_until'],
  architectures: ARCHITECTURES.map(({ modelType }) => modelType),
  formats: ['safetensors', 'pytorch'],
  adapters: true,
  quantised: false,
};
