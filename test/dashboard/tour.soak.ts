import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Dashboard, describeInBrowser } from './browser';
import { accessibilityTree, openTour, PICTURES, STOPS, visit } from './tour';

const LARGEST_BYTES = 150_000;

describeInBrowser('the tour', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openTour();
  });
  afterEach(() => dashboard.finish());
  afterAll(() => dashboard.close());

  test.each(STOPS.map((stop) => [stop.name, stop] as const))(
    '%s is as it is pictured: else `npm run tour` pictures it anew',
    async (name, stop) => {
      const page = await visit(dashboard, stop);
      expect(await accessibilityTree(page)).toBe(readFileSync(join(PICTURES, `${name}.txt`), 'utf8'));
      expect(statSync(join(PICTURES, `${name}.png`)).size).toBeLessThan(LARGEST_BYTES);
    },
  );
});
