import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a browser may have to fetch before the first page is shown, compressed by gzip. */
export const INITIAL_JAVASCRIPT_LIMIT_BYTES = 280_000;

/** The directory of the dashboard as it is built from this checkout. */
export function builtDashboard(): string {
  return execFileSync(process.execPath, [join(__dirname, '../../bin/build-dashboard.js')], { encoding: 'utf8' }).trim();
}

/** The scripts that the page loads before it shows anything: its own, and all that they import at once. */
export function initialScripts(directory: string): readonly string[] {
  const page = readFileSync(join(directory, 'index.html'), 'utf8');
  const [, entry] = /<script type="module" src="([^"]+)"/.exec(page) ?? [];
  if (entry === undefined) throw new Error(`The page in ${directory} names no script.`);
  const found = new Set<string>();
  const waiting = [entry];
  for (let script = waiting.pop(); script !== undefined; script = waiting.pop()) {
    if (found.has(script)) continue;
    found.add(script);
    const text = readFileSync(join(directory, script), 'utf8');
    for (const [, imported] of text.matchAll(/(?:\bfrom|\bimport)"(\/assets\/[^"]+\.js)"/g)) waiting.push(imported as string);
  }
  return [...found];
}

export function initialJavaScriptBytes(directory: string): number {
  return initialScripts(directory).reduce((sum, script) => sum + statSync(join(directory, `${script}.gz`)).size, 0);
}
