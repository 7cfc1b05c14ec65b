/** Expected calibration error: how far confidence and accuracy lie apart, over ten bins of equal mass or over one (HELM). 0 is best. */
import { confidenceMetric } from '../confidence.ts';

export const ece10Bin = confidenceMetric('ece_10_bin', false);
export const ece1Bin = confidenceMetric('ece_1_bin', false);
