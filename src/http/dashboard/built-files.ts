import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** How a file can be sent, the smallest first. */
export const ENCODINGS = ['br', 'gzip', 'identity'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export interface BuiltFile {
  readonly type: string;
  /** Its name changes with its content. */
  readonly isHashed: boolean;
  readonly bytes: Readonly<Partial<Record<Encoding, Buffer>>> & { readonly identity: Buffer };
}

/** The dashboard as it was built: what a browser can ask for, by path. */
export interface BuiltDashboard {
  readonly files: ReadonlyMap<string, BuiltFile>;
  readonly page: BuiltFile;
  /** Tells this build from any other. */
  readonly build: string;
}

const PAGE = '/index.html';
const BUILD = '/build.txt';
const SUFFIXES: Readonly<Record<Exclude<Encoding, 'identity'>, string>> = { br: '.br', gzip: '.gz' };
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Reads all of it into memory, a few hundred kilobytes: a build that is removed or replaced on the disk is served to its end. Rejects if it is not whole. */
export async function readBuilt(directory: string): Promise<BuiltDashboard> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const bytes = new Map(await Promise.all(paths.map(async (path) => [pathIn(directory, path), await readFile(path)] as const)));
  const files = new Map<string, BuiltFile>();
  for (const [path, identity] of bytes) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const encoded = Object.entries(SUFFIXES).flatMap(([encoding, suffix]) => {
      const compressed = bytes.get(`${path}${suffix}`);
      return compressed === undefined ? [] : [[encoding, compressed] as const];
    });
    files.set(path, { type, isHashed: path.startsWith('/assets/'), bytes: { identity, ...Object.fromEntries(encoded) } });
  }
  const page = files.get(PAGE);
  const build = files.get(BUILD);
  if (page === undefined || build === undefined) throw new Error(`There is no built dashboard in ${directory}.`);
  files.delete(PAGE);
  return { files, page, build: build.bytes.identity.toString() };
}

function pathIn(directory: string, path: string): string {
  return path.slice(directory.length).replaceAll('\\', '/');
}
