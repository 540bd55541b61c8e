'use strict';
// Jest begins with the files that took longest the last time. On a clean clone it knows of no last time, and goes by their sizes: a short file that
// takes minutes would begin last, and end alone. These take longest.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

const LONGEST = [
  'dashboard/dashboard',
  'http/hostile/hostile',
  'dashboard/results',
  'fault/parked-instances',
  'flows/rebuild',
  'flows/passwords',
  'samples/shop-year',
  'contract/event-store-kurrentdb',
  'fault/restored',
  'read-model/redis-faults',
].map((name) => join(__dirname, '..', `${name}.test.ts`));
for (const file of LONGEST) if (!existsSync(file)) throw new Error(`${file} is listed among the longest tests, and is not there`);

module.exports = class extends Sequencer {
  sort(tests) {
    const place = ({ path, duration }) => {
      const at = LONGEST.indexOf(path);
      return duration === undefined && at >= 0 ? at : LONGEST.length;
    };
    return [...super.sort(tests)].sort((a, b) => place(a) - place(b));
  }
};
