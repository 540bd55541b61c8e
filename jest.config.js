const { availableParallelism } = require('node:os');

// swc compiles the tests; the ESM-only packages among our dependencies are compiled too, since the house is CommonJS.
const swc = (typescript) => [
  '@swc/jest',
  {
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: typescript ? { syntax: 'typescript', decorators: true } : { syntax: 'ecmascript' },
      transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
    },
  },
];
const ESM_ONLY = 'jose|openid-client|oauth4webapi|p-retry|is-network-error';

module.exports = {
  testEnvironment: '<rootDir>/test/jest/environment.js',
  runtime: '<rootDir>/test/jest/runtime.js',
  // More than there are cores where these are few: many tests wait, for processes of their own or for a time-out.
  maxWorkers: Math.max(4, availableParallelism() - 1),
  // A loaded machine is slow, and no promise of a test is about its own speed, unless it says so in an assertion.
  testTimeout: 120_000,
  // What test files leave in a worker's heap adds up, and collecting it then stops the event loop for seconds: a time-out of a client, not a fault.
  workerIdleMemoryLimit: '1GB',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  setupFiles: ['reflect-metadata'],
  transform: { '\\.ts$': swc(true), [`/node_modules/(${ESM_ONLY})/.+\\.js$`]: swc(false) },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY})/)`],
  coverageProvider: 'v8',
};
