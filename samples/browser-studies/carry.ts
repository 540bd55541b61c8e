import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SetupFile } from '../../src/setup/file';
import { parseSetup } from '../../src/setup/parse';
import { writeSetup } from '../../src/setup/write';
import { audienceOf } from './audience';
import { configsOf } from './configs';
import { experimentsOf } from './experiments';
import { lossesOf } from './losses';
import { readmeOf } from './readme';
import { readStudies } from './study';
import { keysOf } from './values';

const NOTICE = `# Made by carry.ts from studies.json, which is brave/brave-variations at commit d537063.
#
# This Source Code Form is subject to the terms of the Mozilla Public
# License, v. 2.0. If a copy of the MPL was not distributed with this
# file, You can obtain one at https://mozilla.org/MPL/2.0/.
`;

/** The published studies as a set-up file, and the page about it. The same studies give the same bytes. What no project could have is an error. */
export function carry(text: string): { readonly file: SetupFile; readonly setup: string; readonly readme: string } {
  const studies = readStudies(text);
  const keys = keysOf(studies);
  const segments = new Map(studies.map(({ filter }) => audienceOf(filter)).map((segment) => [segment.name, segment]));
  const file: SetupFile = {
    project: { name: 'Browser studies', description: 'The studies by which a browser turns its features on, step by step and in tests' },
    exclusivity: false,
    keys: [...keys.values()],
    segments: [...segments.values()],
    configs: configsOf(studies, keys),
    experiments: experimentsOf(studies, keys),
  };
  const [modeline = '', ...rest] = writeSetup(file, 'yaml', '../../schema/setup.schema.json').split(/(?<=\n)/);
  const setup = [modeline, NOTICE, ...rest].join('');
  const read = parseSetup(setup, { filename: 'setup.yaml' });
  if ('errors' in read)
    throw new Error(read.errors.map(({ line, path, message }) => `setup.yaml line ${line}, ${path}: ${message}`).join('\n'));
  return { file: read.file, setup, readme: readmeOf(studies, read.file, lossesOf(studies, keys)) };
}

if (require.main === module) {
  const [, , path] = process.argv;
  if (path === undefined) {
    console.error('Say which studies: npx tsx samples/browser-studies/carry.ts samples/browser-studies/studies.json');
    process.exitCode = 1;
  } else {
    const { file, setup, readme } = carry(readFileSync(path, 'utf8'));
    writeFileSync(join(__dirname, 'setup.yaml'), setup);
    writeFileSync(join(__dirname, 'README.md'), readme);
    const { keys = [], segments = [], configs = [], experiments = [] } = file;
    console.log(`${keys.length} keys, ${segments.length} segments, ${configs.length} configs, ${experiments.length} experiments.`);
  }
}
