/** A page whose code is loaded when it is opened. */
export interface LazyPage {
  readonly path: string;
  readonly load: () => Promise<unknown>;
  /** Which export of what is loaded is the page. */
  readonly name: string;
}

/** The frame of the pages about the instance. */
export const OPERATORS: LazyPage = { path: '/admin', load: () => import('./pages/operators/frame'), name: 'OperatorsFrame' };

/** Under `/admin`. */
export const OPERATOR_PAGES: readonly LazyPage[] = [
  { path: '/', load: () => import('./pages/operators/read-models'), name: 'ReadModels' },
  { path: '/access', load: () => import('./pages/operators/access'), name: 'Access' },
];

/** Under `/p/$project`. */
export const PAGES: readonly LazyPage[] = [
  { path: '/flags', load: () => import('./pages/flags/flags'), name: 'Flags' },
  { path: '/configs', load: () => import('./pages/configs/configs'), name: 'Configs' },
  { path: '/tests', load: () => import('./pages/tests/tests'), name: 'Tests' },
  { path: '/tests/$test/results', load: () => import('./pages/results/results'), name: 'ResultsPage' },
  { path: '/setup/keys', load: () => import('./pages/keys/keys'), name: 'Keys' },
  { path: '/setup/segments', load: () => import('./pages/segments/segments'), name: 'Segments' },
  { path: '/goals', load: () => import('./pages/goals/goals'), name: 'Goals' },
  { path: '/try', load: () => import('./pages/try-it/try-it'), name: 'TryIt' },
  { path: '/history', load: () => import('./pages/history/history'), name: 'History' },
  { path: '/compare', load: () => import('./pages/compare/compare'), name: 'Compare' },
  { path: '/setup-file', load: () => import('./pages/setup-file/setup-file'), name: 'SetupFile' },
  { path: '/settings', load: () => import('./pages/settings/settings'), name: 'Settings' },
];

/** The page of a project that a path leads to, if its code is loaded by itself. */
export function pageAt(pathname: string): LazyPage | undefined {
  const [, inProject = ''] = /^\/p\/[^/]+(\/.*)$/.exec(pathname) ?? [];
  const pattern = (path: string) => new RegExp(`^${path.replace(/\$[a-z]+/g, '[^/]+')}/?$`);
  return PAGES.find(({ path }) => pattern(path).test(inProject));
}
