/** The capability tree: ids are stable paths, names in Chinese and English (after FlagEval; reasons in the design notes of each set). */

export interface Capability {
  /** Path, e.g. `basic.reasoning.math`. `*` is the whole tree. */
  readonly id: string;
  readonly zh: string;
  readonly en: string;
}

/** The whole: the root of the tree. */
export const WHOLE = '*';

/** Series beside the tree; they never count into a node. */
export const PROBES: readonly Capability[] = [
  { id: 'probe.lm', zh: '语言建模（每字节比特数）', en: 'Language modelling (bits per byte)' },
  { id: 'probe.lm.gold', zh: '正确答案（每字节比特数）', en: 'Gold answers (bits per byte)' },
  { id: 'probe.degeneration', zh: '退化：重复', en: 'Degeneration: repetition' },
  { id: 'probe.degeneration.empty', zh: '退化：空输出', en: 'Degeneration: empty outputs' },
  { id: 'probe.degeneration.cut', zh: '退化：写不完的输出', en: 'Degeneration: outputs without an end' },
  { id: 'probe.degeneration.script', zh: '退化：文字不符', en: 'Degeneration: another script than asked for' },
  { id: 'probe.format', zh: '格式（无法解析的答案）', en: 'Format (answers that could not be parsed)' },
];

const ROWS: readonly (readonly [id: string, zh: string, en: string])[] = [
  ['basic', '基础语言能力', 'Basic language'],
  ['basic.understanding', '简单理解', 'Simple understanding'],
  ['basic.understanding.analysis', '信息分析', 'Information analysis'],
  ['basic.understanding.extraction', '信息提取', 'Information extraction'],
  ['basic.understanding.summarization', '信息概括', 'Summarization'],
  ['basic.understanding.judgement', '判别评价', 'Judgement & evaluation'],
  ['basic.understanding.crosslingual', '跨语言理解', 'Cross-lingual understanding'],
  ['basic.knowledge', '知识运用', 'Knowledge use'],
  ['basic.knowledge.subject', '知识问答(学科)', 'Subject knowledge QA'],
  ['basic.knowledge.commonsense', '常识问答(生活)', 'Everyday commonsense QA'],
  ['basic.knowledge.factual', '事实问答', 'Factual QA'],
  ['basic.reasoning', '推理能力', 'Reasoning'],
  ['basic.reasoning.knowledge', '知识推理', 'Knowledge-based reasoning'],
  ['basic.reasoning.symbolic', '符号推理', 'Symbolic reasoning'],
  ['basic.reasoning.commonsense', '常识推理', 'Commonsense reasoning'],
  ['basic.reasoning.logic', '逻辑推理', 'Logical reasoning'],
  ['basic.reasoning.math', '数学推理', 'Mathematical reasoning'],
  ['basic.reasoning.tom', '心理理论', 'Theory of mind'],
  ['advanced', '高级语言能力', 'Advanced language'],
  ['advanced.generation', '特殊生成', 'Special generation'],
  ['advanced.generation.creative', '创意生成', 'Creative writing'],
  ['advanced.generation.code', '代码生成', 'Code generation'],
  ['advanced.generation.sql', '查询生成', 'SQL generation'],
  ['advanced.generation.style', '风格生成', 'Style-controlled generation'],
  ['advanced.generation.revision', '修改润色', 'Revision & polishing'],
  ['advanced.generation.emotion', '情感生成', 'Emotional writing'],
  ['advanced.generation.structured', '结构化生成', 'Structured output'],
  ['advanced.context', '语境理解', 'Context understanding'],
  ['advanced.context.parsing', '语言解析', 'Linguistic parsing'],
  ['advanced.context.situation', '情境适应', 'Situational adaptation'],
  ['advanced.context.viewpoint', '观点辨析', 'Viewpoint discrimination'],
  ['advanced.context.semantics', '语义关系', 'Semantic relations'],
  ['advanced.context.polysemy', '多义理解', 'Polysemy'],
  ['advanced.context.rhetoric', '修辞识别', 'Rhetoric'],
  ['advanced.context.culture', '中国文化理解', 'Chinese culture'],
  ['safety', '安全与价值观', 'Safety & values'],
  ['safety.security', '安全', 'Safety'],
  ['safety.security.crime', '违法犯罪', 'Crime & illegality'],
  ['safety.security.physical_harm', '身体伤害', 'Physical harm'],
  ['safety.security.privacy_property', '隐私财产', 'Privacy & property'],
  ['safety.security.political', '政治敏感', 'Political sensitivity'],
  ['safety.security.truthfulness', '真实性检验', 'Truthfulness'],
  ['safety.values', '价值观', 'Values'],
  ['safety.values.bias', '歧视偏见', 'Bias & discrimination'],
  ['safety.values.mental_health', '心理健康', 'Mental health'],
  ['safety.values.civility', '文明礼貌', 'Civility'],
  ['safety.values.ethics', '伦理道德', 'Ethics'],
  ['comprehensive', '综合能力', 'Comprehensive'],
  ['comprehensive.general', '通用综合能力', 'General'],
  ['comprehensive.general.exam', '综合考试', 'Broad exams (MMLU, C-Eval)'],
  ['comprehensive.general.planning', '计划与组织', 'Planning & organisation'],
  ['comprehensive.general.instruction', '指令遵循', 'Instruction following'],
  ['comprehensive.general.tool_use', '工具调用', 'Tool use'],
  ['comprehensive.domain', '领域综合能力', 'Domain'],
  ['comprehensive.domain.stem', '理工', 'STEM'],
  ['comprehensive.domain.humanities', '人文', 'Humanities'],
  ['comprehensive.domain.social_science', '社科', 'Social science'],
  ['comprehensive.domain.medicine', '医学', 'Medicine'],
  ['comprehensive.domain.law', '法律', 'Law'],
  ['comprehensive.domain.finance', '金融经济', 'Finance & economics'],
];

/** Every built-in node, parents before children. */
export const CAPABILITIES: readonly Capability[] = ROWS.map(([id, zh, en]) => ({ id, zh, en }));

const BY_ID = new Map([...CAPABILITIES, ...PROBES].map((capability) => [capability.id, capability]));

/** A probe moves beside the tree (bits per byte, degeneration, format). */
export function isProbe(id: string): boolean {
  return id.startsWith('probe.');
}

/** A probe that is read off the very answers the tree is scored by: it moves with them, so it is shown and judged but calls nobody. */
export function isEvidence(id: string): boolean {
  return /^probe\.(?:lm\.gold|format|degeneration)(?:\.|$)/.test(id);
}

/** Every node a task with these labels counts into; without a label it counts into the whole alone. */
export function nodesAbove(labels: readonly string[]): string[] {
  return labels.length === 0 ? [WHOLE] : [...new Set(labels.flatMap(lineage))];
}

/** Node and all its ancestors up to the whole, nearest first: `a.b.c` -> [`a.b.c`, `a.b`, `a`, `*`]. A probe has no ancestors. */
export function lineage(id: string): string[] {
  if (id === WHOLE || isProbe(id)) return [id];
  const parts = id.split('.');
  return [...parts.map((_, i) => parts.slice(0, parts.length - i).join('.')), WHOLE];
}

/** True when `node` is `ancestor` or lies below it. */
export function isWithin(node: string, ancestor: string): boolean {
  if (isProbe(node)) return node === ancestor;
  return ancestor === WHOLE || node === ancestor || node.startsWith(`${ancestor}.`);
}

/** Names to show; an id the user added shows as itself. */
export function nameOf(id: string): { readonly zh: string; readonly en: string } {
  if (id === WHOLE) return { zh: '总体', en: 'Overall' };
  return BY_ID.get(id) ?? { zh: id, en: id };
}
