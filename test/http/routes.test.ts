import { buildLogger } from '../../src/http/logger';
import { Metrics } from '../../src/http/metrics';
import type { Routes } from '../../src/http/routes';
import { buildServer } from '../../src/http/server';

test('the server serves the routes that it is given, and tells them when it stops', async () => {
  const calls: string[] = [];
  let finish = (): void => {};
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const routes: Routes = {
    add: (server, { identify, drain }) => {
      server.get('/open', async () => 'open');
      server.get('/known', { onRequest: identify }, async ({ caller }) => caller);
      server.get('/meanwhile', { config: { whileStopping: true } }, async () => 'still there');
      server.get('/long', (_request, reply) =>
        drain.run(reply.raw, async () => {
          begin();
          await finished;
          return 'done';
        }),
      );
    },
    goAway: () => void calls.push('go away'),
    stop: async () => void calls.push('stop'),
  };
  const server = await buildServer({
    routes: [routes],
    authenticate: () => Promise.reject(new Error('asked without a token')),
    metrics: new Metrics(),
    logger: buildLogger('silent'),
    bodyLimitBytes: 1_024,
    corsOrigins: [],
    trustedProxies: 0,
    stopSeconds: 20,
  });
  const url = await server.listen('127.0.0.1', 0);
  const text = async (path: string): Promise<string> => (await fetch(url + path)).text();
  expect(await text('/open')).toBe('open');
  expect((await fetch(`${url}/known`)).status).not.toBe(200);
  expect((await fetch(`${url}/graphql`)).status).toBe(404);

  const long = text('/long');
  await begun;
  const stopped = server.stop();
  finish();
  expect(await long).toBe('done');
  await stopped;
  expect(calls).toEqual(['go away', 'stop']);
});
