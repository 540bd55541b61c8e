import { ApolloProvider } from '@apollo/client/react';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { client } from './api/client';
import { watchForNewer } from './api/newer';
import { OneProjectDocument, ViewerDocument } from './generated/operations';
import { PAGES } from './lazy-pages';
import { router } from './router';
import { parseAddress } from './shell/address';
import { asOfOf } from './shell/project';
import { applyTheme, keptTheme } from './shell/theme';

const PAGES_AFTER_MS = 1_000;

applyTheme(keptTheme());
watchForNewer();
askForProject(window.location);
setTimeout(loadPages, PAGES_AFTER_MS);
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element for the dashboard.');
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={client}>
      <RouterProvider router={router} />
    </ApolloProvider>
  </StrictMode>,
);

/** The code of the other pages comes once the first one is there, so that they open at once; one that does not come is asked for again when it is opened. */
function loadPages(): void {
  for (const { load } of PAGES) load().catch(() => undefined);
}

/** Asks for what the frame needs of the project in the address before the frame is there; it shows what was answered, or why it could not be. */
function askForProject({ pathname, search }: Pick<Location, 'pathname' | 'search'>): void {
  const [, project] = /^\/p\/([^/]+)/.exec(pathname) ?? [];
  if (project === undefined) return;
  const id = decodeURIComponent(project);
  const { at } = parseAddress(search);
  client.query({ query: OneProjectDocument, variables: { project: id, asOf: asOfOf(at) } }).catch(() => undefined);
  client.query({ query: ViewerDocument, variables: { project: id } }).catch(() => undefined);
}
