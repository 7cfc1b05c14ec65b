/** The page at `/`: runs, trends and open alerts, live. One file without a build and without a network. */
import { createHash } from 'node:crypto';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cg fill='none' stroke='%231f6feb' stroke-width='3'%3E%3Cpath d='M16 5v22M6 10h20M9 27h14M6 10l-4 9h8zM26 10l-4 9h8z'/%3E%3C/g%3E%3C/svg%3E";

export const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Libra 天秤</title><link rel="icon" href="${ICON}"><style>${PAGE_STYLE}</style></head>
<body><header><h1>Libra 天秤</h1><span id="live" role="status"></span><button id="language" type="button">中文</button></header>
<main id="main"></main><noscript>Libra needs JavaScript to draw its charts; the data is at /api/v1/runs.</noscript>
<script>${PAGE_SCRIPT}</script></body></html>
`;

/** Only this very style and script run, and nothing is asked of any other machine. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `script-src '${hashOf(PAGE_SCRIPT)}'`,
  `style-src '${hashOf(PAGE_STYLE)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
