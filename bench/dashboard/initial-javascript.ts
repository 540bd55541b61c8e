import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a browser may have to fetch before the first page is shown, compressed by gzip. */
export const INITIAL_JAVASCRIPT_LIMIT_BYTES = 280_000;

/** The directory of the dashboard as it is built from this checkout. */
export function builtDashboard(): string {
  return execFileSync(process.execPath, [join(__dirname, '../../bin/build-dashboard.js')], { encoding: 'utf8' }).trim();
}

/** The scripts that the page loads before it shows anything: each is named in it, so that none is found by another one first. */
export function initialScripts(directory: string): readonly string[] {
  const page = readFileSync(join(directory, 'index.html'), 'utf8');
  const named = [...page.matchAll(/<(?:script type="module" src|link rel="modulepreload" href)="([^"]+)"/g)].map(
    ([, path]) => path as string,
  );
  for (const script of named) {
    const text = readFileSync(join(directory, script), 'utf8');
    for (const [, imported] of text.matchAll(/(?:\bfrom|\bimport)"(\/assets\/[^"]+\.js)"/g)) {
      if (!named.includes(imported as string)) throw new Error(`${script} imports ${imported}, which the page does not name.`);
    }
  }
  return named;
}

export function initialJavaScriptBytes(directory: string): number {
  return initialScripts(directory).reduce((sum, script) => sum + statSync(join(directory, `${script}.gz`)).size, 0);
}
