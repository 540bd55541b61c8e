'use strict';
// Jest loads test files and their fixtures; the product and packages are loaded by Node, as in production, and once for all test files of a worker:
// loading them anew for each file took most of the time of most files. A test that replaces a module of a package begins with
// `@jest-environment node`, by which Jest loads everything, for this file alone; and so does a measurement of coverage.
const Module = require('node:module');
const { join, sep } = require('node:path');
require('reflect-metadata');
require('../../bin/load-typescript');
const { default: Runtime } = require('jest-runtime');
const WorkerRealm = require('./environment');

const root = join(__dirname, '../..') + sep;
const BY_NODE = ['src', 'schema', 'projections', 'node_modules'].map((folder) => root + folder + sep);
/** Jest has its own of these. */
const OF_JEST = /^@jest\/|^expect$/;

module.exports = {
  __esModule: true,
  default: class extends Runtime {
    constructor(config, environment, resolver, transformer, cacheFS, coverageOptions, ...rest) {
      super(config, environment, resolver, transformer, cacheFS, coverageOptions, ...rest);
      this.loadsByNode = environment instanceof WorkerRealm && !coverageOptions.collectCoverage;
    }

    requireModuleOrMock(from, name) {
      const path = this.pathForNode(from, name);
      return path === undefined ? super.requireModuleOrMock(from, name) : require(path);
    }

    /** Of a module that Node loads; undefined: Jest does. */
    pathForNode(from, name) {
      if (!this.loadsByNode || Module.isBuiltin(name) || OF_JEST.test(name)) return undefined;
      let path;
      try {
        path = Module.createRequire(from).resolve(name);
      } catch {
        // Jest says what is missing.
        return undefined;
      }
      return BY_NODE.some((folder) => path.startsWith(folder)) ? path : undefined;
    }
  },
};
