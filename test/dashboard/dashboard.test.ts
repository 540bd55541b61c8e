import { Dashboard, describeInBrowser } from './browser';
import { experienceFlows } from './flows/experiences';
import { keyboardFlows } from './flows/keyboard';
import { savingFlows } from './flows/saving';
import { setUpFlows } from './flows/set-up';
import { signInFlows } from './flows/sign-in';

// One server and one browser for all: each of the flows has a project of its own.
describeInBrowser('the dashboard', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await Dashboard.open({ environment: { CONFIG_LIMIT: '1' } });
  });
  afterEach(() => dashboard.finish());
  afterAll(() => dashboard.close());

  for (const flows of [signInFlows, setUpFlows, savingFlows, experienceFlows, keyboardFlows]) flows(() => dashboard);
});
