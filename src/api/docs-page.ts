/** The reference page at /api/docs: the OpenAPI document as one plain page, without a script and without a network. */

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly 'x-scope'?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: Readonly<Record<string, unknown>>;
  }[];
  readonly requestBody?: unknown;
  readonly responses?: unknown;
}

export const DOCS_STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}code,pre{font:13px/1.45 ui-monospace,monospace}
section{border-top:1px solid #8884;padding:.8rem 0}h2{font-size:1rem;margin:.2rem 0}.m{display:inline-block;min-width:3.2rem;font-weight:700}
table{border-collapse:collapse;margin:.4rem 0}td{padding:.15rem .9rem .15rem 0;vertical-align:top}pre{overflow:auto;background:#8881;padding:.6rem;border-radius:6px}
summary{cursor:pointer}.s{opacity:.7;font-size:.85rem}`;

export function renderDocs(document: Readonly<Record<string, unknown>>): string {
  const info = document.info as { title: string; version: string; description: string };
  const paths = document.paths as Record<string, Record<string, Operation>>;
  const schemas = (document.components as { schemas: Record<string, unknown> }).schemas;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => renderOperation(method, path, operation)),
  );
  const shapes = Object.entries(schemas).map(
    ([name, schema]) => `<details id="${name}"><summary><code>${name}</code></summary>${code(schema)}</details>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(info.title)} API</title><style>${DOCS_STYLE}</style></head><body>
<h1>${escapeHtml(info.title)} API <span class="s">${escapeHtml(info.version)}</span></h1><p>${escapeHtml(info.description)}</p>
<p>Machine-readable: <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1). Every error is <code>application/problem+json</code>.</p>
${operations.join('\n')}<h1>Shapes</h1>${shapes.join('\n')}</body></html>`;
}

function renderOperation(method: string, path: string, operation: Operation): string {
  const rows = (operation.parameters ?? []).map(
    (parameter) =>
      `<tr><td><code>${escapeHtml(parameter.name)}</code></td><td>${parameter.in}${parameter.required ? ', required' : ''}</td>` +
      `<td>${escapeHtml(typeOf(parameter.schema))}</td><td>${escapeHtml(parameter.description ?? '')}</td></tr>`,
  );
  const scope = operation['x-scope'];
  return `<section><h2><span class="m">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code></h2>
<p>${escapeHtml(operation.summary ?? '')}${scope ? ` <span class="s">scope: ${scope}</span>` : ''}</p>
${rows.length > 0 ? `<table>${rows.join('')}</table>` : ''}
${operation.requestBody ? `<details><summary>Body</summary>${code(operation.requestBody)}</details>` : ''}
<details><summary>Replies</summary>${code(operation.responses)}</details></section>`;
}

function typeOf(schema: Readonly<Record<string, unknown>>): string {
  const choices = Array.isArray(schema.enum) ? schema.enum.join(' | ') : String(schema.type ?? '');
  return schema.default === undefined ? choices : `${choices} = ${String(schema.default)}`;
}

function code(value: unknown): string {
  return `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
