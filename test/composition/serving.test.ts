import { Writable } from 'node:stream';
import pino from 'pino';
import { logUserStore } from '../../src/composition/serving';
import { KnownUserStore } from '../../src/user-store/known-store';
import { UserStoreUnavailable } from '../../src/user-store/user-store';

/** What the hostile requests met with seed 11: a restore between two writes of what users did. */
test('what cannot be done while an operator brings the user store back is no error in the log', async () => {
  const lines: string[] = [];
  const logger = pino(new Writable({ write: (line, _encoding, done) => (lines.push(String(line)), done()) }));
  const store = { identity: async () => 'store', acceptLoss: async () => 'store' };
  const known = new KnownUserStore(store, { read: async () => undefined, write: async () => {} }, Date.now);
  await known.acceptLoss(async () => {
    await known.assertKnown().catch((error: unknown) => logUserStore(logger, error, 'it is tried again'));
  });
  logUserStore(logger, new UserStoreUnavailable('away'), 'it is tried again');
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ level: 30 }, { level: 50, msg: 'it is tried again' }]);
});
