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
const project = createRoute({ getParentRoute: () => root, path: '/p/$project', component: ProjectFrame });
const overview = createRoute({ getParentRoute: () => project, path: '/', component: Overview });

/** A page that is loaded when it is opened. */
function page(path: string, component: ReturnType<typeof lazyRouteComponent>) {
  return createRoute({ getParentRoute: () => project, path, component });
}
const pages = [
  page(
    '/setup/keys',
    lazyRouteComponent(() => import('./pages/keys/keys'), 'Keys'),
  ),
  page(
    '/setup/segments',
    lazyRouteComponent(() => import('./pages/segments/segments'), 'Segments'),
  ),
  page(
    '/goals',
    lazyRouteComponent(() => import('./pages/goals/goals'), 'Goals'),
  ),
  page(
    '/settings',
    lazyRouteComponent(() => import('./pages/settings/settings'), 'Settings'),
  ),
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
  routeTree: root.addChildren([home, project.addChildren([overview, ...pages])]),
  parseSearch: parseAddress,
  stringifySearch: addressText,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: ({ error }) => <Fault error={error instanceof Error ? error : new Error(String(error))} />,
  defaultPreload: 'intent',
});
