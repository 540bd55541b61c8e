import { appendContract } from './event-store-append';
import { keptLedgerIdContract, ledgerIdContract } from './event-store-ledger-id';
import { modelContract } from './event-store-model';
import { Probe } from './event-store-probe';
import type { Subject } from './event-store-probe';
import { readContract, reopenContract } from './event-store-read';
import { subscriptionContract } from './event-store-subscription';

/**
 * What every event store promises, whichever it is. The store may hold other events already, and its appends may be slow: each test
 * uses projects of its own, and looks at those only.
 */
export function eventStoreContract(name: string, open: () => Promise<Subject>, options: { readonly durable: boolean }): void {
  describe(`${name} as an event store`, () => {
    const probe = new Probe(open);
    beforeEach(() => probe.start());
    afterEach(() => probe.stop());

    appendContract(probe);
    readContract(probe);
    ledgerIdContract(probe);
    subscriptionContract(probe);
    modelContract(probe);
    if (!options.durable) return;
    reopenContract(probe);
    keptLedgerIdContract(probe);
  });
}
