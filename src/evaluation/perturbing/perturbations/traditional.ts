/** Chinese in traditional characters. */
import type { TextPerturbation } from '../perturbation.ts';

export const traditional: TextPerturbation = {
  kind: 'text',
  name: 'traditional',
  description: 'simplified Chinese characters written as traditional ones',
  revision: 1,
  language: 'zh',
  load: async () => (await import('../chinese-script.ts')).toTraditional(),
};
