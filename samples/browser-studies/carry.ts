import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SetupFile } from '../../src/setup/file';
import { parseSetup } from '../../src/setup/parse';
import { writeSetup } from '../../src/setup/write';
import { namesOf, segmentOf } from './audience';
import { experimentOf } from './experiments';
import { lossesOf } from './losses';
import { readmeOf } from './readme';
import { inRounds } from './rounds';
import { configsOf, flagsOf, rowOf } from './rows';
import { readStudies } from './study';
import { keysOf } from './values';

const NOTICE = `# Made by carry.ts from studies.json, which is brave/brave-variations at commit d537063.
#
# This Source Code Form is subject to the terms of the Mozilla Public
# License, v. 2.0. If a copy of the MPL was not distributed with this
# file, You can obtain one at https://mozilla.org/MPL/2.0/.
`;

/**
 * The published studies as a set-up file, and the page about it. The same studies give the same bytes. What no project could have is an error. `before`: the
 * set-up file of the studies that were published before, so that tests that run go on, or start another round.
 */
export function carry(text: string, before?: string): { readonly file: SetupFile; readonly setup: string; readonly readme: string } {
  const studies = readStudies(text);
  const keys = keysOf(studies);
  const names = namesOf(studies);
  const rows = studies.flatMap((study) => rowOf(study, keys) ?? []);
  const tests = studies.filter((study) => rows.every((row) => row.study !== study));
  const first: SetupFile = {
    project: { name: 'Browser studies', description: 'The studies by which a browser turns its features on, step by step and in tests' },
    exclusivity: false,
    keys: [...keys.values()],
    segments: studies.map((study) => segmentOf(names.get(study)!, study)),
    flags: flagsOf(rows, names),
    configs: configsOf(rows, names),
    experiments: tests.map((study) => experimentOf(study, names.get(study)!, keys)),
  };
  const setup = written(before === undefined ? first : inRounds(parsed(written(first)), parsed(before)));
  const read = parsed(setup);
  return { file: read, setup, readme: readmeOf(studies, read, lossesOf(studies, keys, names)) };
}

function written(file: SetupFile): string {
  const [modeline = '', ...rest] = writeSetup(file, 'yaml', '../../schema/setup.schema.json').split(/(?<=\n)/);
  return [modeline, NOTICE, ...rest].join('');
}

function parsed(setup: string): SetupFile {
  const read = parseSetup(setup, { filename: 'setup.yaml' });
  if (!('errors' in read)) return read.file;
  throw new Error(read.errors.map(({ line, path, message }) => `setup.yaml line ${line}, ${path}: ${message}`).join('\n'));
}

if (require.main === module) {
  const [, , path, before] = process.argv;
  if (path === undefined) {
    console.error(
      'Say which studies: npx tsx samples/browser-studies/carry.ts samples/browser-studies/studies.json [the setup.yaml of before]',
    );
    process.exitCode = 1;
  } else {
    const { file, setup, readme } = carry(readFileSync(path, 'utf8'), before && readFileSync(before, 'utf8'));
    writeFileSync(join(__dirname, 'setup.yaml'), setup);
    writeFileSync(join(__dirname, 'README.md'), readme);
    const { keys = [], segments = [], flags = [], configs = [], experiments = [] } = file;
    console.log(
      `${keys.length} keys, ${segments.length} segments, ${flags.length} flags, ${configs.length} configs, ${experiments.length} experiments.`,
    );
  }
}
