import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link } from '@tanstack/react-router';
import { App } from './app';
import { Overview } from './pages/overview';
import { Projects } from './pages/projects';
import { addressText, parseAddress } from './shell/address';
import { Fault } from './shell/fault';
import { ProjectFrame } from './shell/frame';
import { words } from './words/words';

const root = createRootRoute({ component: App });
const home = createRoute({ getParentRoute: () => root, path: '/', component: Projects });
const operators = createRoute({
  getParentRoute: () => root,
  path: '/admin',
  component: lazyRouteComponent(() => import('./pages/operators/frame'), 'OperatorsFrame'),
});
const readModels = createRoute({
  getParentRoute: () => operators,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/operators/read-models'), 'ReadModels'),
});
const access = createRoute({
  getParentRoute: () => operators,
  path: '/access',
  component: lazyRouteComponent(() => import('./pages/operators/access'), 'Access'),
});
const project = createRoute({ getParentRoute: () => root, path: '/p/$project', component: ProjectFrame });
const overview = createRoute({ getParentRoute: () => project, path: '/', component: Overview });

/** A page that is loaded when it is opened. */
function page(path: string, load: () => Promise<unknown>, name: string) {
  return createRoute({ getParentRoute: () => project, path, component: lazyRouteComponent(load as never, name as never) });
}
const pages = [
  page('/flags', () => import('./pages/flags/flags'), 'Flags'),
  page('/configs', () => import('./pages/configs/configs'), 'Configs'),
  page('/tests', () => import('./pages/tests/tests'), 'Tests'),
  page('/tests/$test/results', () => import('./pages/results/results'), 'ResultsPage'),
  page('/setup/keys', () => import('./pages/keys/keys'), 'Keys'),
  page('/setup/segments', () => import('./pages/segments/segments'), 'Segments'),
  page('/goals', () => import('./pages/goals/goals'), 'Goals'),
  page('/try', () => import('./pages/try-it/try-it'), 'TryIt'),
  page('/history', () => import('./pages/history/history'), 'History'),
  page('/compare', () => import('./pages/compare/compare'), 'Compare'),
  page('/setup-file', () => import('./pages/setup-file/setup-file'), 'SetupFile'),
  page('/settings', () => import('./pages/settings/settings'), 'Settings'),
];

function NotFound() {
  return (
    <div className="empty">
      <h1>{words.notFound}</h1>
      <Link to="/">{words.home}</Link>
    </div>
  );
}

export const router = createRouter({
  routeTree: root.addChildren([home, operators.addChildren([readModels, access]), project.addChildren([overview, ...pages])]),
  parseSearch: parseAddress,
  stringifySearch: addressText,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: ({ error }) => <Fault error={error instanceof Error ? error : new Error(String(error))} />,
  defaultPreload: 'intent',
});
