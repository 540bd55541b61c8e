'use strict';
// Builds the dashboard and prints the directory that it is in. `node bin/build-dashboard.js DIRECTORY` builds it there; without a directory it is
// kept by the hash of its sources, in node_modules/.cache or, without permission to write there, in the system's temporary folder.
const { createHash } = require('node:crypto');
const {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { tmpdir, userInfo } = require('node:os');
const { dirname, extname, join, relative, resolve } = require('node:path');
const { brotliCompressSync, constants, gzipSync } = require('node:zlib');

const root = join(__dirname, '..');
const source = join(root, 'src', 'dashboard');
const PAGE = 'index.html';
/** How long what was built of other sources is kept: another checkout's branch, or a build that was killed. */
const KEPT_MS = 24 * 3_600_000;
/** What is compressed already stays as it is. */
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.json', '.map', '.txt']);

function main([directory]) {
  if (directory !== undefined) {
    rmSync(resolve(directory), { recursive: true, force: true });
    return build(resolve(directory));
  }
  const cache = cacheDirectory();
  const target = join(cache, sourcesHash());
  if (existsSync(join(target, PAGE))) return target;
  removeOld(cache);
  return build(target);
}

/** Of all that a build depends on. */
function sourcesHash() {
  const hash = createHash('sha256');
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of [...files, __filename, join(root, 'package-lock.json')].sort()) {
    const bytes = readFileSync(file);
    hash.update(`${relative(root, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 32);
}

function cacheDirectory() {
  const usual = join(root, 'node_modules', '.cache', 'dashboard');
  if (isWritable(usual)) return usual;
  // Others can write to the temporary folder too: only a directory of this account alone is believed.
  const own = join(tmpdir(), `experience-ledger-dashboard-${userInfo().uid}`);
  return isWritable(own) && isOfThisAccountAlone(own) ? own : mkdtempSync(`${own}-`);
}

function isWritable(directory) {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    rmSync(mkdtempSync(join(directory, '.try-')), { recursive: true });
    return true;
  } catch {
    return false;
  }
}

function isOfThisAccountAlone(directory) {
  const found = lstatSync(directory);
  return found.isDirectory() && (process.platform === 'win32' || (found.uid === userInfo().uid && (found.mode & 0o077) === 0));
}

function removeOld(cache) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > KEPT_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

/** Written aside and renamed, so that no one reads a part of it, and two builds at once do not meet. */
function build(target) {
  mkdirSync(dirname(target), { recursive: true });
  const aside = mkdtempSync(join(dirname(target), '.building-'));
  try {
    writePage(aside, bundle(aside));
    compress(aside);
    place(aside, target);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return target;
}

/** The bundle's outputs, by the names that a browser asks for. */
function bundle(aside) {
  // Loaded here, since what is built already needs none of it.
  const { metafile } = require('esbuild').buildSync({
    absWorkingDir: root,
    entryPoints: [join(source, 'main.tsx')],
    outdir: aside,
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/[name]-[hash]',
    assetNames: 'assets/[name]-[hash]',
    publicPath: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    metafile: true,
    legalComments: 'linked',
    jsx: 'automatic',
    tsconfig: join(source, 'tsconfig.json'),
    define: { 'process.env.NODE_ENV': '"production"', 'globalThis.__DEV__': 'false' },
    loader: { '.woff2': 'file', '.svg': 'file', '.png': 'file' },
    logLevel: 'warning',
  });
  const [[script, { cssBundle }]] = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint?.endsWith('main.tsx'));
  const named = (path) => path && `/${relative(aside, resolve(root, path))}`;
  return { script: named(script), styles: named(cssBundle), preloaded: preloaded(metafile.outputs, script).map(named) };
}

/** The scripts that every page needs: what the first one imports, and what starts the application with all that that imports. */
function preloaded(outputs, script) {
  const starts = outputs[script].imports.filter(
    ({ path, kind }) => kind === 'dynamic-import' && /\/start\.tsx$/.test(outputs[path]?.entryPoint ?? ''),
  );
  const found = new Set();
  const waiting = [script, ...starts.map(({ path }) => path)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    waiting.push(...outputs[path].imports.filter(({ kind }) => kind === 'import-statement').map((imported) => imported.path));
  }
  found.delete(script);
  return [...found];
}

/** The page names what it loads, and its build, which an open page compares with the server's. */
function writePage(aside, { script, styles, preloaded }) {
  const build = createHash('sha256')
    .update([script, styles, ...preloaded].join(' '))
    .digest('hex')
    .slice(0, 16);
  const head = [
    `<meta name="build" content="${build}" />`,
    ...(styles === undefined ? [] : [`<link rel="stylesheet" href="${styles}" />`]),
    `<script type="module" src="${script}"></script>`,
    ...preloaded.map((path) => `<link rel="modulepreload" href="${path}" />`),
  ];
  const page = readFileSync(join(source, PAGE), 'utf8').replace('</head>', `  ${head.join('\n    ')}\n  </head>`);
  writeFileSync(join(aside, PAGE), page);
  writeFileSync(join(aside, 'build.txt'), build);
}

function compress(aside) {
  for (const entry of readdirSync(aside, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSIBLE.has(extname(entry.name))) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

function place(aside, target) {
  try {
    renameSync(aside, target);
  } catch (error) {
    // Another process has built the same meanwhile.
    if (!existsSync(join(target, PAGE))) throw error;
  }
}

process.stdout.write(`${main(process.argv.slice(2))}\n`);
