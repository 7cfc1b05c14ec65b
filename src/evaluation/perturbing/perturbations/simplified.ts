/** Chinese in simplified characters. */
import type { TextPerturbation } from '../perturbation.ts';

export const simplified: TextPerturbation = {
  kind: 'text',
  name: 'simplified',
  description: 'traditional Chinese characters written as simplified ones',
  revision: 1,
  language: 'zh',
  load: async () => (await import('../chinese-script.ts')).toSimplified(),
};
