/** Every telemetry reader; the first that finds something is taken. */
import type { TelemetryReader } from '../telemetry-reader.ts';
import { hfTrainerState } from './hf-trainer-state.ts';

export const telemetryReaders: readonly TelemetryReader[] = [hfTrainerState];
