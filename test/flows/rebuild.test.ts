import { timed } from '../fixtures/elapsed';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';
import { Operated, POISONED } from './read-models';

const PROJECT = 'mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }';
const create = (name: string) =>
  `mutation { createKey(input: { projectId: "shop", name: "${name}", type: NUMBER, defaultValue: 3 }) { __typename } }`;
const archive = (name: string) => `mutation { archiveKey(input: { projectId: "shop", name: "${name}" }) { __typename } }`;
const NAMES = '{ keys(projectId: "shop", archived: INCLUDE) { nodes { name archived } } }';

/** What an operator sees and does, over one kind of read model. */
function operating(name: string, environment: () => Promise<Readonly<Record<string, string>>>): void {
  describe(`read models in ${name}`, () => {
    let server: Operated;
    beforeAll(async () => {
      server = new Operated(await environment());
      await server.start();
      await server.ask(PROJECT);
      await server.ask(create('first'));
    });
    afterAll(() => server.end());

    const serving = async () => (await server.ask<{ readModels: { serving: string } }>('{ readModels { serving } }')).readModels.serving;

    test('are built anew beside the live ones by one command; another goes back, and one lets go of what is kept', async () => {
      const before = await serving();
      const rebuilt = await server.type('rebuild');
      expect(rebuilt).toMatchObject({ code: 0 });
      expect(rebuilt.out).toMatch(/^The read models are those of generation [0-9a-f]+ now\. Those before are kept/);
      const after = await serving();
      expect(after).not.toBe(before);
      const state = '{ readModels { state generations { state } } }';
      expect(await server.ask(state)).toEqual({ readModels: { state: 'LIVE', generations: [{ state: 'KEPT' }, { state: 'LIVE' }] } });
      await server.ask(create('meanwhile'));

      expect(await server.type('rebuild', '--rollback', '--json')).toMatchObject({ code: 0, out: `{"generation":"${before}"}\n` });
      expect(await serving()).toBe(before);
      expect(await server.ask(NAMES)).toEqual({
        keys: {
          nodes: [
            { name: 'first', archived: false },
            { name: 'meanwhile', archived: false },
          ],
        },
      });
      expect(await server.type('rebuild', '--discard')).toMatchObject({ code: 0, out: `Deleted: ${after}.\n` });
      expect(await server.type('rebuild', '--discard')).toMatchObject({ code: 0, out: 'There was nothing to delete.\n' });
      expect(await server.type('rebuild', '--rollback')).toMatchObject({
        code: 1,
        err: expect.stringContaining('No earlier generation of the read models is kept') as string,
      });
    });

    test('of a project with an event that cannot be projected is parked: health and status show it, and goes on when it is unparked', async () => {
      await server.ask(create(POISONED));
      expect(await server.type('unpark')).toMatchObject({ code: 0, out: 'No project is parked.\n' });
      server.poison = true;
      expect(await server.ask(archive(POISONED))).toEqual({ archiveKey: { __typename: 'Accepted' } });
      // At once, for no one waits for what is parked.
      const { result, ms } = await timed(server.ask(create('later')));
      expect(result).toEqual({ createKey: { __typename: 'Accepted' } });
      expect(ms).toBeLessThan(1_500);

      const { project } = await server.ask<{ project: { staleSince: string | null } }>('{ project(id: "shop") { staleSince } }');
      expect(project.staleSince).not.toBeNull();
      const open = await server.get('/health/ready', false);
      expect(open.status).toBe(503);
      expect(open.text).toContain('1 project is parked at an event that could not be taken (FAILED)');
      expect(open.text).not.toContain('shop');
      const known = await server.get('/health/ready');
      const { checks } = JSON.parse(known.text) as { readonly checks: readonly object[] };
      expect(checks[0]).toMatchObject({
        particulars: { parked: [{ projectId: 'shop', type: 'KeyArchived', reason: 'FAILED', message: 'this one is poison' }] },
      });
      const metrics = await server.get('/metrics');
      expect(metrics.text).toContain('ledger_parked_projects 1');
      expect(metrics.text).toMatch(/ledger_parked_project_since_seconds\{project="shop",reason="FAILED",event="KeyArchived"\} \d+/);
      expect(metrics.text).toContain('ledger_projection_behind_events 2');
      expect(await server.type('unpark')).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^shop: before revision \d+ \(KeyArchived\) since .*, FAILED: this one is poison\n$/) as string,
      });
      expect(await server.type('unpark', '--project', 'shop')).toMatchObject({
        code: 1,
        err: expect.stringContaining('Still parked:\nshop: before revision') as string,
      });

      server.poison = false;
      expect(await server.type('unpark', '--all')).toMatchObject({ code: 0, out: 'shop goes on.\n' });
      expect((await server.get('/health/ready')).status).toBe(200);
      const after = await server.get('/metrics');
      expect(after.text).toContain('ledger_parked_projects 0');
      expect(after.text).toContain('ledger_projection_behind_events 0');
      expect(after.text).not.toContain('ledger_parked_project_since_seconds{');
      expect(await server.ask(NAMES)).toMatchObject({
        keys: { nodes: expect.arrayContaining([{ name: POISONED, archived: true }]) as object },
      });
    });

    test('are measured: what is behind, how old, how large and quick the batches are, and what each store takes', async () => {
      const { text } = await server.get('/metrics');
      for (const figure of [
        /^ledger_projection_leads [01]$/m,
        /^ledger_projection_age_seconds \d/m,
        /^ledger_projection_batch_events_count [1-9]/m,
        /^ledger_projection_batch_seconds_sum \d/m,
        /^ledger_projection_retries_total \d+$/m,
        /^ledger_projection_mismatches_total \d+$/m,
        /^ledger_append_retries_total 0$/m,
        /^ledger_append_conflicts_total 0$/m,
        /^ledger_store_duration_seconds_count\{store="event_store",operation="append",outcome="ok"\} [1-9]/m,
        /^ledger_store_duration_seconds_count\{store="read_model",operation="commit",outcome="ok"\} [1-9]/m,
        /^ledger_store_duration_seconds_count\{store="read_model",operation="list",outcome="ok"\} [1-9]/m,
      ])
        expect(text).toMatch(figure);
    });
  });
}

operating('memory', async () => ({}));

describeRedis('Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => void (redis = await RedisServer.start()));
  afterAll(() => redis.stop());
  operating('Redis', async () => ({ READ_MODEL: `redis://127.0.0.1:${redis.port}` }));

  test('a start with projections of another version builds its own read models, and leaves those of the version before to it', async () => {
    const server = new Operated({ READ_MODEL: `redis://127.0.0.1:${redis.port}?prefix=versions` });
    const serving = async () => (await server.ask<{ readModels: { serving: string } }>('{ readModels { serving } }')).readModels.serving;
    await server.start('1');
    await server.ask(PROJECT);
    await server.ask(create('first'));
    const first = await serving();
    await server.running.stop();

    await server.start('2');
    const second = await serving();
    expect(second).not.toBe(first);
    await server.ask(create('second'));
    expect(await server.ask(NAMES)).toMatchObject({ keys: { nodes: [{ name: 'first' }, { name: 'second' }] } });
    await server.running.stop();

    // Back to the version before, whose read models are still there and catch up.
    await server.start('1');
    expect(await serving()).toBe(first);
    expect(await server.ask(NAMES)).toMatchObject({ keys: { nodes: [{ name: 'first' }, { name: 'second' }] } });
    await server.end();
  });
});
