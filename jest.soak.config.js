// Long runs: many clients, kills, restarts. Not part of `npm test`.
module.exports = { ...require('./jest.config'), testMatch: ['<rootDir>/test/**/*.soak.ts'], testTimeout: 30 * 60_000 };
