/** Telemetry: what training says about itself, one value object per logged step. */

export interface TelemetryPoint {
  readonly step: number;
  readonly tokens: number | null;
  /** Values may be NaN or infinite: that is news, not an error. */
  readonly loss: number | null;
  readonly learningRate: number | null;
  readonly gradNorm: number | null;
  /** Share of each part of the data mix, if the run logs it, e.g. {zh: 0.5, en: 0.5}. */
  readonly dataMix: Readonly<Record<string, number>> | null;
}

export interface Telemetry {
  /** Step at which the file was written. */
  readonly step: number;
  readonly tokens: number | null;
  readonly maxSteps: number | null;
  readonly points: readonly TelemetryPoint[];
}
