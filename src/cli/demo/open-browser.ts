/** Shows the page, where there is a browser; whoever has none reads the address. */
import { runTool } from '../../system/process.ts';

export async function openBrowser(url: string): Promise<void> {
  for (const opener of ['xdg-open', 'open']) {
    const result = await runTool(opener, [url]);
    if (result?.code === 0) return;
  }
}
