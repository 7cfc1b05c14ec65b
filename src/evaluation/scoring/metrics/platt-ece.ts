/** Expected calibration error that is left after Platt scaling on the same docs (HELM): what no rescaling of confidence mends. */
import { confidenceMetric } from '../confidence.ts';

export const plattEce10Bin = confidenceMetric('platt_ece_10_bin', false);
export const plattEce1Bin = confidenceMetric('platt_ece_1_bin', false);
