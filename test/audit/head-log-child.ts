import { HeadLog } from '../../src/audit/head-log';
import { signHead } from '../../src/audit/signed-head';
import { openSigningKey } from '../../src/audit/signing-key';

/** Appends so many batches of so many heads of one project to the log of the directory, one batch after another. */
async function main([directory = '', projectId = '', batches = '', size = '']: readonly string[]): Promise<void> {
  const key = await openSigningKey(directory);
  const log = HeadLog.in(directory);
  let revision = 0;
  for (let batch = 0; batch < Number(batches); batch += 1) {
    const heads = Array.from({ length: Number(size) }, () =>
      signHead({ projectId, revision: revision++, hash: 'a'.repeat(64) }, 1_700_000_000_000, key),
    );
    await log.append(heads);
  }
}

void main(process.argv.slice(2));
