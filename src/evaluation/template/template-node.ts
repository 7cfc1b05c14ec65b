/** A node of a template's syntax tree: its type and whatever that type carries. */
export interface TemplateNode {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a node carries is known by its type alone
  readonly [part: string]: any;
}
