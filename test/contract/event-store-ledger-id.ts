import { StoreUnavailable } from '../../src/event-store/event-store';
import type { Probe } from './event-store-probe';

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function ledgerIdContract(t: Probe): void {
  describe('the id of the ledger', () => {
    test('is a random UUID, and the same whenever it is asked for', async () => {
      const [id, ...others] = await Promise.all(Array.from({ length: 5 }, () => t.store.ledgerId()));
      expect(id).toMatch(UUID);
      expect(new Set([...others, await t.store.ledgerId()])).toEqual(new Set([id]));
    });

    test('is no event of a project: nothing that reads the ledger sees it', async () => {
      const end = await t.end();
      await t.store.ledgerId();
      expect(await t.end()).toEqual(end);
    });

    test('is not answered by a store that has been closed', async () => {
      await t.store.close();
      await expect(t.store.ledgerId()).rejects.toBeInstanceOf(StoreUnavailable);
    });
  });
}

/** For a store that outlives its process. */
export function keptLedgerIdContract(t: Probe): void {
  test('the id of the ledger is the same after it is opened again', async () => {
    const id = await t.store.ledgerId();
    t.store = await t.reopen();
    expect(await t.store.ledgerId()).toBe(id);
  });
}
