import { GraphQLBoolean, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { Overloaded } from '../../src/application/execute';
import { DamagedRecord, OutcomeUnknown, StoreUnavailable, StreamDeleted } from '../../src/event-store/event-store';
import { UpgradeRequired } from '../../src/event-store/upcast';
import { ReadModelBeingBuilt, ReadModelUnavailable } from '../../src/read-model/read-model';
import { history } from '../fixtures/events';
import { startServer, type Running } from './running-server';

const SECRET_PLACE = '/srv/hunter2/ledger.db';

let thrown: Error;
let running: Running;
beforeAll(async () => {
  const fields = {
    change: {
      type: GraphQLBoolean,
      resolve: () => {
        throw thrown;
      },
    },
  };
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields }),
    mutation: new GraphQLObjectType({ name: 'Mutation', fields }),
  });
  running = await startServer({ schema });
});
beforeEach(() => (running.log.length = 0));
afterAll(() => running.server.stop());

const unknownEvent = history('shop', 1, { type: 'KeyPainted' })[0]!;

test.each([
  ['EVENT_STORE_UNAVAILABLE', new StoreUnavailable(`${SECRET_PLACE}: the disk is full`), /Nothing was written: try again/, true],
  ['OUTCOME_UNKNOWN', new OutcomeUnknown(`${SECRET_PLACE}: the commit failed`), /again with the same commandId, which is safe/, true],
  ['UPGRADE_REQUIRED', new UpgradeRequired(unknownEvent), /"shop" has an event of a newer version.*upgraded/, true],
  [
    'HISTORY_BROKEN',
    new DamagedRecord('shop', 4, `${SECRET_PLACE}: not JSON`),
    /"shop" is not stored as it was written.*Nothing was written/,
    true,
  ],
  ['HISTORY_BROKEN', new StreamDeleted('shop'), /docs\/operations.md/, true],
  ['READ_MODEL_UNAVAILABLE', new ReadModelUnavailable(`redis://:hunter2@host`), /try again/, true],
  ['READ_MODEL_UNAVAILABLE', new ReadModelBeingBuilt('redis://:hunter2@host'), /is not there yet: it is being opened or built/, false],
  ['LIMIT_EXCEEDED', new Overloaded('1000 commands wait for project shop already'), /Nothing was written: send fewer at a time/, false],
] as const)('%s says what became of the command and what to do; the details are in the log alone', async (code, error, message, logged) => {
  thrown = error;
  for (const operation of ['mutation', 'query']) {
    const response = await running.ask(`${operation} { change }`);
    const text = await response.text();
    expect(JSON.parse(text)).toEqual({
      data: { change: null },
      errors: [{ message: expect.stringMatching(message), locations: expect.anything(), path: ['change'], extensions: { code } }],
    });
    expect(text).not.toContain('hunter2');
    const entries = running.log.filter((line) => line.includes(error.message));
    expect(entries.length > 0).toBe(logged);
    if (logged) expect(entries.at(-1)).toContain(response.headers.get('x-request-id'));
  }
});
