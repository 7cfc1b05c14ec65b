/** The perturbations there are. */
import type { Perturbation } from '../perturbation.ts';
import { contract } from './contract.ts';
import { contractions } from './contractions.ts';
import { extraSpaces } from './extra-spaces.ts';
import { fullWidth } from './full-width.ts';
import { lowerCase } from './lower-case.ts';
import { mild } from './mild.ts';
import { mildMix } from './mild-mix.ts';
import { mildMixZh } from './mild-mix-zh.ts';
import { misspellings } from './misspellings.ts';
import { optionOrder } from './option-order.ts';
import { paraphrase } from './paraphrase.ts';
import { pinyinTypos } from './pinyin-typos.ts';
import { simplified } from './simplified.ts';
import { synonyms } from './synonyms.ts';
import { traditional } from './traditional.ts';
import { typos } from './typos.ts';

export const PERTURBATIONS: readonly Perturbation[] = [
  mild,
  mildMix,
  lowerCase,
  contractions,
  contract,
  misspellings,
  typos,
  extraSpaces,
  mildMixZh,
  synonyms,
  pinyinTypos,
  fullWidth,
  traditional,
  simplified,
  optionOrder,
  paraphrase,
];
