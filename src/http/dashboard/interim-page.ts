import type { DashboardState } from './dashboard';

/** A page for a visitor who comes before the dashboard is built: it reloads itself, without a script, or says that there is nothing to wait for. */
export function interimPage(kind: Exclude<DashboardState['kind'], 'built'>): string {
  return kind === 'building'
    ? page('The dashboard is being built', '<p>This page reloads by itself. It takes a few seconds after the first start.</p>', 1)
    : page(
        'The dashboard could not be built',
        '<p>The log of the server says why. The API works: <a href="/graphql">open the explorer</a>.</p>',
      );
}

function page(title: string, text: string, reloadSeconds?: number): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    ${reloadSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${reloadSeconds}" />\n    `}<title>${title}</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      ${text}
    </main>
  </body>
</html>
`;
}
