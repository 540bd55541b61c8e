import Module from 'node:module';
import Libsql from 'libsql';

/**
 * Loaded into a server before the server itself: at each SIGUSR2 the disk under its ledger becomes full, or has room again. SQLite itself
 * reports it, as it does when the file system has no room: the ledger may not have a page more than it has.
 */
const ledgers: Libsql.Database[] = [];
let full = false;

class Observed extends Libsql {
  constructor(name: string, options?: Libsql.Options) {
    super(name, options);
    if (name.endsWith('ledger.db')) ledgers.push(this);
  }
}

const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
const load = loader._load.bind(loader);
loader._load = (request, ...rest) => (request === 'libsql' ? Observed : load(request, ...rest));

process.on('SIGUSR2', () => {
  full = !full;
  for (const ledger of ledgers) {
    const [pages] = ledger.prepare('PRAGMA page_count').raw().get() as [number];
    ledger
      .prepare(`PRAGMA max_page_count = ${full ? pages : 1_000_000_000}`)
      .raw()
      .get();
  }
});
