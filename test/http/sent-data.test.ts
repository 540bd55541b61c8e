import fastify from 'fastify';
import { refuseSent } from '../../src/http/user-routes';
import { ObservationsUnavailable } from '../../src/observations/observations';
import { HeadUnconfirmed } from '../../src/serving/head-confirmation';
import { UserStoreLost } from '../../src/user-store/user-store';

test.each([
  [new HeadUnconfirmed('away'), 'HEAD_UNCONFIRMED'],
  [new UserStoreLost('emptied'), 'USER_STORE_UNAVAILABLE'],
  [new ObservationsUnavailable('away'), 'OBSERVATIONS_UNAVAILABLE'],
])('what cannot be stored now is to be sent again: %p', async (error, code) => {
  const app = fastify();
  app.setErrorHandler(refuseSent);
  app.post('/events', () => Promise.reject(error));
  const answer = await app.inject({ method: 'POST', url: '/events' });
  expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toEqual([
    503,
    '1',
    { errors: [{ message: expect.any(String) as string, extensions: { code } }] },
  ]);
  await app.close();
});
