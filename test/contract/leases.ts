import type { Leases } from '../../src/coordination/lease';

/** What every adapter of leases promises. `open`: as one instance opens them; those that it opens are shared. */
export function leasesContract(name: string, open: () => Promise<{ readonly leases: Leases; readonly close: () => Promise<void> }>): void {
  describe(`leases: ${name}`, () => {
    let instances: readonly (Leases & { readonly close: () => Promise<void> })[];
    let count = 0;
    /** The same lease as two instances see it, which no other test has. */
    const pair = () => {
      const leased = `{contract-${(count += 1)}}:lease`;
      const [one, other] = instances.map((leases) => leases.lease(leased));
      return { one: one!, other: other! };
    };

    beforeAll(async () => {
      const opened = [await open(), await open()];
      instances = opened.map(({ leases, close }) => ({ lease: (leased) => leases.lease(leased), close }));
    });
    afterAll(async () => void (await Promise.all(instances.map(({ close }) => close()))));

    test('a lease is held by one, which keeps it by asking again; it passes on when let go, or when it runs out', async () => {
      const { one, other } = pair();
      expect(await one.hold(true)).toBe(true);
      expect(await other.hold(true)).toBe(false);
      expect(await one.hold(true)).toBe(true);
      // Of another's lease nothing is let go.
      await other.release();
      expect(await other.hold(true)).toBe(false);
      await one.release();
      expect(await other.hold(true)).toBe(true);
      while (!(await one.hold(true))) await new Promise((resolve) => setTimeout(resolve, 50));
    });

    test('two holders in one process are two, and two names are two leases', async () => {
      const [leases] = instances;
      const [one, other, another] = ['{two}:lease', '{two}:lease', '{more}:lease'].map((leased) => leases!.lease(leased));
      expect(await one!.hold(true)).toBe(true);
      expect(await other!.hold(true)).toBe(false);
      expect(await another!.hold(true)).toBe(true);
    });

    test('an instance that cannot do all of the work yields to one that can, and to no other', async () => {
      const { one, other } = pair();
      expect(await one.hold(false)).toBe(true);
      expect(await other.hold(false)).toBe(false);
      expect(await other.hold(true)).toBe(true);
      expect(await one.hold(false)).toBe(false);
    });
  });
}
