/** Selective accuracy (HELM): of the most confident tenth, and the area under accuracy over coverage. */
import { confidenceMetric } from '../confidence.ts';

export const selectiveAccuracyAt10 = confidenceMetric('selective_acc@10', true);
export const selectiveArea = confidenceMetric('selective_cov_acc_area', true);
