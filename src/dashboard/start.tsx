import { ApolloProvider } from '@apollo/client/react';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { client } from './api/client';
import { watchForNewer } from './api/newer';
import { OneProjectDocument, ViewerDocument } from './generated/operations';
import { router } from './router';
import { parseAddress } from './shell/address';
import { asOfOf } from './shell/project';
import { applyTheme, keptTheme } from './shell/theme';

applyTheme(keptTheme());
watchForNewer();
askForProject(window.location);
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element for the dashboard.');
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={client}>
      <RouterProvider router={router} />
    </ApolloProvider>
  </StrictMode>,
);

/** Asks for what the frame needs of the project in the address before the frame is there; it shows what was answered, or why it could not be. */
function askForProject({ pathname, search }: Pick<Location, 'pathname' | 'search'>): void {
  const [, project] = /^\/p\/([^/]+)/.exec(pathname) ?? [];
  if (project === undefined) return;
  const id = decodeURIComponent(project);
  const { at } = parseAddress(search);
  client.query({ query: OneProjectDocument, variables: { project: id, asOf: asOfOf(at) } }).catch(() => undefined);
  client.query({ query: ViewerDocument, variables: { project: id } }).catch(() => undefined);
}
