import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, type AnyRoute } from '@tanstack/react-router';
import { KINDS } from './api/kinds';
import { askForList } from './api/list';
import { App } from './app';
import { Overview } from './pages/overview';
import { Projects } from './pages/projects';
import { OPERATOR_PAGES, OPERATORS, PAGES, type LazyPage } from './lazy-pages';
import { addressText, parseAddress, type Address } from './shell/address';
import { Fault } from './shell/fault';
import { ProjectFrame } from './shell/frame';
import { words } from './words/words';

const root = createRootRoute({
  component: App,
  notFoundComponent: () => (
    <main>
      <NotFound />
    </main>
  ),
});
const home = createRoute({ getParentRoute: () => root, path: '/', component: Projects });
const operators = lazily(root, OPERATORS);
const project = createRoute({
  getParentRoute: () => root,
  path: '/p/$project',
  component: ProjectFrame,
  // A link that is followed in the past leads to what the thing was then, unless it names another point itself.
  search: { middlewares: [({ search: here, next }) => ({ at: (here as Address)['at'], ...next(here) })] },
});
const overview = createRoute({ getParentRoute: () => project, path: '/', component: Overview });

const operatorPages = OPERATOR_PAGES.map((page) => lazily(operators, page));
const pages = PAGES.map((page) => lazily(project, page));

/** A page that is loaded when it is opened. */
function lazily(parent: AnyRoute, { path, load, name }: LazyPage) {
  const list = Object.values(KINDS).find((kind) => `/${kind.path}` === path)?.list;
  return createRoute({
    getParentRoute: () => parent,
    path,
    component: lazyRouteComponent(load as never, name as never),
    loader: ({ cause, params, location }) => {
      // At the first page of a visit the code of the frame is not there yet, which asks for the project before anything of it.
      const goes = cause === 'enter' && router.state.resolvedLocation !== undefined;
      if (goes && list !== undefined) askForList(list, (params as { project: string }).project, location.search as Address);
    },
  });
}

function NotFound() {
  return (
    <div className="empty">
      <h1>{words.notFound}</h1>
      <Link to="/">{words.home}</Link>
    </div>
  );
}

export const router = createRouter({
  routeTree: root.addChildren([home, operators.addChildren(operatorPages), project.addChildren([overview, ...pages])]),
  parseSearch: parseAddress,
  stringifySearch: addressText,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: ({ error }) => <Fault error={error instanceof Error ? error : new Error(String(error))} />,
  defaultPreload: 'intent',
  // What is loaded beforehand is code: data is asked for when a person goes to the page.
  defaultPreloadStaleTime: 0,
});
