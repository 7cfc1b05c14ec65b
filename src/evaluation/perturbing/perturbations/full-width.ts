/** Letters, digits and punctuation of the other width: ＡＢＣ１２３ for ABC123, and `,` for `，`. */
import type { TextPerturbation } from '../perturbation.ts';

/** U+FF01 to U+FF5E are the full-width forms of U+0021 to U+007E. */
const OFFSET = 0xff01 - 0x21;

export const fullWidth: TextPerturbation = {
  kind: 'text',
  name: 'full_width',
  description: 'letters, digits and punctuation in full width where they were not, and the other way round',
  revision: 1,
  language: 'zh',
  // A number in full width is the same number.
  alters: ['number'],
  load: async () => (text) =>
    text.replace(/[!-~！-～]/g, (one) => {
      const code = one.charCodeAt(0);
      return String.fromCharCode(code < 0xff00 ? code + OFFSET : code - OFFSET);
    }),
};
