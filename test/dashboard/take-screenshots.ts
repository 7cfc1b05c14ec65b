/** `npm run screenshots`: a caught regression as a person sees it, for the README; of the recorded run only the checkpoints that the tests serve. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BROWSER, openReader, settled, startBrowser } from './browser.ts';
import { serveForgetting } from './served-run.ts';

const FOLDER = new URL('../../fixtures/screenshots', import.meta.url).pathname;
const MOST_BYTES = 200_000;
const DOCS = 100;
const SHOWN = '*,advanced.context.culture,basic.knowledge.factual';

if (BROWSER === null) throw new Error('There is no chromium; install it or name one in LIBRA_CHROMIUM.');
await using served = await serveForgetting(DOCS);
const browser = await startBrowser();
const { page } = await openReader(browser, served.base, { language: 'en', theme: 'light', width: 1180 });
await page.setViewportSize({ width: 1180, height: 960 });
await page.goto(`/runs/forgetting?show=${SHOWN}`);
await settled(page);
// The path of a temporary directory tells a reader nothing.
await page.locator('main > p.small').evaluate((line) => line.remove());
const file = join(FOLDER, 'regression.png');
await mkdir(FOLDER, { recursive: true });
await page.screenshot({ path: file });
await browser.close();
const { size } = await stat(file);
if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MOST_BYTES}: show less.`);
console.log(`${file}: ${size} bytes`);
