/** Every checkpoint format Libra recognises; the first that matches is taken. */
import type { CheckpointFormat } from '../checkpoint-format.ts';
import { huggingFace } from './hugging-face.ts';
import { peft } from './peft.ts';

export const formats: readonly CheckpointFormat[] = [peft, huggingFace];

/** What an empty `checkpoint-N` is taken for until its content says otherwise. */
export const defaultFormat: CheckpointFormat = huggingFace;
