/** A doc and an answer -> the program that runs, and what it is held against. Pure. */
import type { TaskDoc } from '../task.ts';
import { compileTemplate, type RenderTemplate } from '../template/render-template.ts';
import type { ExecutionSettings } from './execution-settings.ts';

export interface Program {
  readonly language: ExecutionSettings['language'];
  readonly text: string;
  readonly check: string;
  readonly prelude: string;
  /** Names the check takes from it; all when empty. */
  readonly names: readonly string[];
  /** Seconds of processor time. */
  readonly timeout: number;
  readonly memoryBytes: number;
}

/** Stands for the answer in the templates. */
const COMPLETION = 'completion';

const compiled = new WeakMap<ExecutionSettings, Record<'program' | 'check' | 'prelude' | 'names', RenderTemplate>>();

/** @throws Error when a template does not fit the doc */
export function programOf(settings: ExecutionSettings, doc: TaskDoc, completion: string): Program {
  const templates = compiled.get(settings) ?? compile(settings);
  const fields = { ...doc.fields, [COMPLETION]: completion };
  const names = templates.names(fields).split('\n').filter(Boolean);
  return {
    language: settings.language,
    text: templates.program(fields),
    check: templates.check(doc.fields),
    prelude: templates.prelude(doc.fields),
    names,
    timeout: settings.timeout,
    memoryBytes: settings.memory * 2 ** 20,
  };
}

function compile(settings: ExecutionSettings) {
  const { program, check, prelude, names } = settings;
  const templates = {
    program: compileTemplate(program),
    check: compileTemplate(check),
    prelude: compileTemplate(prelude),
    names: compileTemplate(names.join('\n')),
  };
  compiled.set(settings, templates);
  return templates;
}
