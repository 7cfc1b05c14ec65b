/** A real browser for the tests of the page, closed to the outside: whatever it asks of another machine is noted and refused. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const ROOT = new URL('../..', import.meta.url).pathname;
const CANDIDATES = [
  process.env.LIBRA_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Null where there is none: such tests say so and are skipped. */
export const BROWSER = CANDIDATES.find((path) => path !== undefined && existsSync(path)) ?? null;

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: BROWSER!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Look {
  readonly language: 'en' | 'zh';
  readonly theme: 'light' | 'dark';
  readonly width: number;
}

export interface Reader {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the console and of scripts, refusals of the content policy among them. */
  readonly complaints: readonly string[];
  /** Addresses on other machines that were asked for. */
  readonly strangers: readonly string[];
}

/** A person who opens the page. */
export async function openReader(browser: Browser, base: string, look: Look): Promise<Reader> {
  const context = await browser.newContext({
    baseURL: base,
    colorScheme: look.theme,
    locale: look.language === 'zh' ? 'zh-CN' : 'en-GB',
    viewport: { width: look.width, height: 800 },
    acceptDownloads: true,
  });
  const complaints: string[] = [];
  const strangers: string[] = [];
  await context.route(
    (url) => url.origin !== base && !['blob:', 'data:'].includes(url.protocol),
    (route) => {
      strangers.push(route.request().url());
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { context, page, complaints, strangers };
}

/** Shows what is there once its data and its charts are. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('h1');
  await page.waitForSelector(':is(main p[role=status], .chart:not([data-drawn]))', { state: 'detached' });
}

/** Kept to be looked at, under .vitest/screenshots. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = join(ROOT, '.vitest/screenshots');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
