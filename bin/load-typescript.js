'use strict';
// In a checkout the TypeScript runs as it is: `require` compiles each file when it is first loaded, and what was compiled is kept in
// node_modules/.cache. To be loaded before anything in TypeScript: `node --require bin/load-typescript.js file.ts`.
// Source maps are read when the stack of an error is: Node itself would read all of them at once, which is a fifth of the time of a start.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join, relative } = require('node:path');
const { threadId } = require('node:worker_threads');
const { version } = require('@swc/core/package.json');

const root = join(__dirname, '..');
const cache = join(root, 'node_modules', '.cache', 'experience-ledger');
/** As tsconfig.json says, and as the tests are compiled. */
const options = {
  swcrc: false,
  configFile: false,
  sourceMaps: true,
  inlineSourcesContent: false,
  module: { type: 'commonjs', ignoreDynamic: true },
  jsc: {
    target: 'es2023',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
  },
};
const compiler = JSON.stringify({ version, options });
/** Whether what is compiled can be kept. */
let isKept = true;

// Node 22 and later keep what V8 makes of a module, too.
Module.enableCompileCache?.(join(cache, 'v8'));
/** Of each file that was loaded: what answers the text of its source map. */
const maps = new Map();
require.extensions['.ts'] = (module, filename) => module._compile(compiled(filename), filename);
Error.prepareStackTrace = (error, frames) => [described(error), ...frames.map((frame) => `    at ${inSource(frame)}`)].join('\n');

/** The JavaScript of a file: the kept one, if it was made of the same text by the same compiler. */
function compiled(filename) {
  const source = readFileSync(filename, 'utf8');
  const path = relative(root, filename);
  // Files from elsewhere are not ours to keep.
  if (path.startsWith('..')) return compile(source, filename);
  const kept = join(cache, `${path}.js`);
  // In front of the first line, so that lines keep their numbers.
  const key = `/* ${createHash('sha256').update(compiler).update(source).digest('hex')} */ `;
  const before = read(kept);
  if (before?.startsWith(key)) {
    // Another process may have kept what it made of another text since.
    maps.set(filename, () => (read(kept)?.startsWith(key) ? read(`${kept}.map`) : undefined));
    return before;
  }
  const code = `${key}${compile(source, filename)}`;
  if (isKept) keep(`${kept}.map`, maps.get(filename)());
  if (isKept) keep(kept, code);
  return code;
}

function compile(source, filename) {
  // Loaded here, since it takes longer than all that is kept.
  const { code, map } = require('@swc/core').transformSync(source, { ...options, filename, sourceFileName: filename });
  maps.set(filename, () => map);
  return code;
}

/** The first line of an error's stack. */
function described(error) {
  try {
    return String(error);
  } catch {
    return '<error>';
  }
}

/** A frame of a stack, with its place in the TypeScript. */
function inSource(frame) {
  const text = String(frame);
  const filename = frame.getFileName();
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  const { originalLine, originalColumn } = mapOf(filename)?.findEntry(line - 1, column - 1) ?? {};
  if (originalLine === undefined) return text;
  return text.replace(`${filename}:${line}:${column}`, () => `${filename}:${originalLine + 1}:${originalColumn + 1}`);
}

function mapOf(filename) {
  let map = maps.get(filename);
  if (typeof map !== 'function') return map;
  try {
    map = new Module.SourceMap(JSON.parse(map()));
  } catch {
    // Without its map the frame has its place in the JavaScript: to describe an error must not fail.
    map = undefined;
  }
  maps.set(filename, map);
  return map;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Written aside and renamed, so that no other process reads a part of it. */
function keep(file, code) {
  const aside = `${file}.${process.pid}.${threadId}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(aside, code);
    renameSync(aside, file);
  } catch {
    // Without permission, or on a full disk, each start compiles anew.
    isKept = false;
    remove(aside);
  }
}

function remove(file) {
  try {
    rmSync(file, { force: true });
  } catch {
    // It could not be made either.
  }
}
