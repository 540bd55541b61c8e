import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'graphql';
import type { ConcreteRequest } from 'relay-runtime';
import { SCHEMA_FILE } from '../../schema/emit';

const COMPILER = require.resolve('relay-compiler/cli.js');

/** Compiles documents against our schema as an app of Relay does, and answers what it made of each by the name of its operation. */
export async function compileForRelay(texts: readonly string[]): Promise<ReadonlyMap<string, ConcreteRequest>> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'));
  try {
    await mkdir(join(folder, 'src/made'), { recursive: true });
    await copyFile(SCHEMA_FILE, join(folder, 'schema.graphql'));
    await writeFile(join(folder, 'src/clients.js'), texts.map((text) => `graphql\`${text}\`;`).join('\n'));
    const settings = { src: './src', schema: './schema.graphql', language: 'javascript', artifactDirectory: './src/made' };
    await writeFile(join(folder, 'relay.config.json'), JSON.stringify({ ...settings, eagerEsModules: false }));
    await promisify(execFile)(process.execPath, [COMPILER, 'relay.config.json'], { cwd: folder });
    const made = new Map<string, ConcreteRequest>();
    for (const text of texts) {
      const name = nameOf(text);
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- it was made just now
      made.set(name, require(join(folder, 'src/made', `${name}.graphql.js`)) as ConcreteRequest);
    }
    return made;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of the only operation or fragment of a document. */
export function nameOf(text: string): string {
  const [definition] = parse(text).definitions;
  if (!definition || !('name' in definition) || !definition.name) throw new Error(`it has no name: ${text}`);
  return definition.name.value;
}
