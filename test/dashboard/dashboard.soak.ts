import { Dashboard, describeInBrowser } from './browser';
import { ledgerFlows } from './flows/ledger';
import { longListFlows } from './flows/long-lists';
import { mouselessFlows } from './flows/mouseless';
import { operatorFlows } from './flows/operators';
import { rightsFlows } from './flows/rights';
import { testFlows } from './flows/tests';
import { tryingFlows } from './flows/trying';

describeInBrowser('the dashboard, what is done less often', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await Dashboard.open();
  });
  afterEach(() => dashboard.finish());
  afterAll(() => dashboard.close());

  for (const flows of [testFlows, ledgerFlows, longListFlows, rightsFlows, mouselessFlows, operatorFlows, tryingFlows])
    flows(() => dashboard);
});
