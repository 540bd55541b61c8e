import { ApolloProvider } from '@apollo/client/react';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { client } from './api/client';
import './main.css';
import { watchForNewer } from './api/newer';
import { router } from './router';
import { applyTheme, keptTheme } from './shell/theme';

applyTheme(keptTheme());
watchForNewer();
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element for the dashboard.');
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={client}>
      <RouterProvider router={router} />
    </ApolloProvider>
  </StrictMode>,
);
