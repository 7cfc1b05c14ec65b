/**
 * Never ask the same question of the same weights twice. An answer belongs to the weights, the engine that computed it (its version,
 * number type, device and longest sequence change the numbers) and the question; under any other it does not exist.
 */
import type { ModelDescription } from '../../domain/language-model.ts';
import type { Response } from '../../domain/request.ts';
import { sha256 } from '../../system/hash.ts';
import { canonicalJson } from '../../system/json.ts';
import { packResponse, unpackResponse } from './packed-response.ts';

/** By request key (see request-key.ts). */
export interface ResponseCache {
  /** Those that are known. */
  find(keys: readonly string[]): ReadonlyMap<string, Response>;
  keep(answers: readonly (readonly [key: string, response: Response])[]): void;
}

/** Where packed answers are kept, by hex SHA-256. */
export interface ResponseShelf {
  find(keys: readonly string[]): ReadonlyMap<string, string>;
  keep(entries: readonly (readonly [key: string, packed: string])[]): void;
}

export interface AnsweringWeights {
  /** Content fingerprint of the checkpoint; empty when unknown. */
  readonly fingerprint: string;
  /** Fingerprint of files beside the weights that change answers; empty when there are none. */
  readonly beside: string;
  readonly model: ModelDescription;
}

/**
 * A key under which all answers of these weights by this engine stand: hex SHA-256.
 * Null when nothing may be reused: weights or engine are not known for certain.
 */
export function identityOf({ fingerprint, beside, model }: AnsweringWeights): string | null {
  const { engine, engineVersion, dtype, device, maxLength, isVerified } = model;
  if (!isVerified || fingerprint === '' || engineVersion === 'unknown' || dtype === 'unknown') return null;
  return sha256(canonicalJson({ fingerprint, beside, engine, engineVersion, dtype, device, maxLength }));
}

/**
 * @param identity of `identityOf`; it is part of every key, so that a shelf mixed up answers nothing
 * @param onSpoilt told how many answers could not be read; they count as unknown
 */
export function createResponseCache(
  identity: string,
  shelf: ResponseShelf,
  onSpoilt: (count: number) => void,
): ResponseCache {
  const placeOf = (key: string): string => sha256(`${identity} ${key}`);
  return {
    find(keys) {
      const keyAt = new Map(keys.map((key) => [placeOf(key), key]));
      const found = new Map<string, Response>();
      let spoilt = 0;
      for (const [place, packed] of shelf.find([...keyAt.keys()])) {
        const response = unpackResponse(place, packed);
        if (response === null) spoilt++;
        else found.set(keyAt.get(place)!, response);
      }
      if (spoilt > 0) onSpoilt(spoilt);
      return found;
    },
    keep(answers) {
      // A number that is none may be the engine's bad moment: it is asked again.
      const sound = answers.filter(([, response]) => 'text' in response || Number.isFinite(response.logprob));
      if (sound.length === 0) return;
      shelf.keep(
        sound.map(([key, response]) => {
          const place = placeOf(key);
          return [place, packResponse(place, response)] as const;
        }),
      );
    },
  };
}
