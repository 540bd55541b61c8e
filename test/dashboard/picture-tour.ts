import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessibilityTree, openTour, PICTURES, STOPS, visit } from './tour';

/** Pictures the dashboard for docs/tour.md, from a server with the sample's set-up. */
async function main(): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  const dashboard = await openTour();
  try {
    for (const stop of STOPS) {
      const page = await visit(dashboard, stop);
      await page.screenshot({ path: join(PICTURES, `${stop.name}.png`), animations: 'disabled', caret: 'hide' });
      writeFileSync(join(PICTURES, `${stop.name}.txt`), await accessibilityTree(page));
      await dashboard.finish();
    }
  } finally {
    await dashboard.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
