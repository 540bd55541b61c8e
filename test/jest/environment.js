'use strict';
// Tests run in the realm of the worker itself, not in a context of their own, so that what they make and what the product makes are of the same
// classes: `test/jest/runtime.js` has Node load the product once for all test files of a worker.
const vm = require('node:vm');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { TestEnvironment } = require('jest-environment-node');
const { ModuleMocker } = require('jest-mock');

/** Stands for the realm of the worker where Jest asks for a context. */
const WORKER_REALM = Object.freeze({});
const { compileFunction } = vm;
vm.compileFunction = (code, parameters, { parsingContext, ...options } = {}) =>
  compileFunction(code, parameters, parsingContext === WORKER_REALM ? options : { ...options, parsingContext });

/** What a test file may change, and the next one is to find as it was. */
const KEPT_GLOBALS = ['console', 'fetch'];

module.exports = class WorkerRealm extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimersModern = new ModernFakeTimers({ config: config.projectConfig, global: globalThis });
    this.kept = KEPT_GLOBALS.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
    this.environmentVariables = { ...process.env };
    this.exit = process.exit;
  }

  getVmContext() {
    return WORKER_REALM;
  }

  async teardown() {
    await super.teardown();
    for (const [name, descriptor] of this.kept) Object.defineProperty(globalThis, name, descriptor);
    for (const name of Object.keys(process.env)) if (!(name in this.environmentVariables)) delete process.env[name];
    Object.assign(process.env, this.environmentVariables);
    // Jest reports a test that ends its process; each file would add a report of its own.
    process.exit = this.exit;
  }
};
