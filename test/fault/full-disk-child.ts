import Module from 'node:module';
import threads, { BroadcastChannel, isMainThread, type WorkerOptions } from 'node:worker_threads';
import Libsql from 'libsql';

/**
 * Loaded into a server, and into each of its threads, before the server itself: at each SIGUSR2 the disk under its ledger becomes full, or has
 * room again. SQLite itself reports it, as it does when the file system has no room: the ledger may not have a page more than it has.
 */
const ledgers: Libsql.Database[] = [];
const channel = new BroadcastChannel('full-disk');

class Observed extends Libsql {
  constructor(name: string, options?: Libsql.Options) {
    super(name, options);
    if (name.endsWith('ledger.db')) ledgers.push(this);
  }
}

const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
const load = loader._load.bind(loader);
loader._load = (request, ...rest) => (request === 'libsql' ? Observed : load(request, ...rest));

class Preloaded extends threads.Worker {
  constructor(file: string, options: WorkerOptions) {
    super(file, { ...options, execArgv: [...(options.execArgv ?? []), '--require', __filename] });
  }
}

if (isMainThread) {
  channel.unref();
  threads.Worker = Preloaded as typeof threads.Worker;
  let isFull = false;
  process.on('SIGUSR2', () => channel.postMessage((isFull = !isFull)));
} else {
  channel.onmessage = (message) => {
    for (const ledger of ledgers) {
      const [pages] = ledger.prepare('PRAGMA page_count').raw().get() as [number];
      const isFull = (message as { readonly data: boolean }).data;
      ledger
        .prepare(`PRAGMA max_page_count = ${isFull ? pages : 1_000_000_000}`)
        .raw()
        .get();
    }
  };
  channel.unref();
}
