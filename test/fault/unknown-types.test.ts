import { join } from 'node:path';
import { describeRedis } from '../fixtures/describe-redis';
import { eventually } from '../fixtures/eventually';
import { Fleet } from './fleet';
import { createKey, describeKey, shownKeys } from './key-calls';

describeRedis('an instance that does not know an event type, beside one that does', () => {
  const [UNKNOWING, KNOWING] = [0, 1];
  let fleet: Fleet;
  beforeAll(async () => {
    const instances = [{ preload: join(__dirname, 'unknowing-child.ts') }, {}];
    fleet = await Fleet.begin({ instances, projects: ['shop', 'other'], firstLeads: true });
    for (const projectId of fleet.projects) await createKey(fleet.member(UNKNOWING), projectId, 'size');
  });
  afterAll(() => fleet.end());

  test('leading, it lets the other one lead from such an event on, takes no more commands there, and says so', async () => {
    const [knowing, unknowing] = [fleet.member(KNOWING), fleet.member(UNKNOWING)];
    expect(await fleet.leader()).toBe(UNKNOWING);

    const written = await describeKey(knowing, 'shop', 'size', 'new');
    expect(written.kind).toBe('done');
    await eventually('the one that knows it leads, and shows it', async () => {
      const { names } = await shownKeys(knowing, 'shop');
      return (await knowing.status())?.leads === true && names.join() === 'size: new';
    });
    expect(await fleet.leader()).toBe(KNOWING);
    // What is shown, it shows too: documents are not events.
    expect(await shownKeys(unknowing, 'shop')).toEqual({ names: ['size: new'], staleSince: null, code: undefined });

    expect(await createKey(unknowing, 'shop', 'colour')).toMatchObject({ kind: 'error', code: 'UPGRADE_REQUIRED' });
    expect(await unknowing.readiness()).toEqual({ status: 503, text: expect.stringContaining('this instance must be upgraded') as string });
    expect(await createKey(unknowing, 'other', 'colour')).toMatchObject({ kind: 'done', version: 1 });
    expect(await createKey(knowing, 'shop', 'colour')).toMatchObject({ kind: 'done', version: 1 });
    expect(await knowing.readiness()).toMatchObject({ status: 200 });
  });

  test('its feed delivers the event as it is', async () => {
    const { url, token } = fleet.member(UNKNOWING).address;
    const leaving = new AbortController();
    const response = await fetch(`${url}/projects/shop/changes?fromStart=true`, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/x-ndjson' },
      signal: leaving.signal,
    });
    let text = '';
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(bytes).toString();
      if (text.includes('KeyDescribed')) break;
    }
    leaving.abort();
    expect(text).toContain('"to":"new"');
  });

  test('left alone, it leads again: that project is parked before what it does not know, the others go on; the other one takes over when it is back', async () => {
    const [knowing, unknowing] = [fleet.member(KNOWING), fleet.member(UNKNOWING)];
    await describeKey(knowing, 'shop', 'size', 'newer');
    await knowing.kill();
    await eventually('other projects are projected', async () => {
      const name = `after_${Date.now()}`;
      const reply = await createKey(unknowing, 'other', name);
      return reply.kind === 'done' && reply.version !== undefined;
    });
    // All projects are compared at once when an instance takes over: another one may be shown before this one is parked.
    await eventually('the project is parked', async () => (await unknowing.status())?.parked.length === 1);
    expect((await unknowing.status())?.parked).toMatchObject([{ projectId: 'shop', reason: 'UPGRADE_REQUIRED' }]);
    expect((await shownKeys(unknowing, 'shop')).staleSince).not.toBeNull();
    await knowing.start();
    await eventually('the one that knows it leads', async () => (await knowing.status())?.leads === true);
    await fleet.leader();
    expect((await shownKeys(knowing, 'shop')).names).toContain('size: newer');
    await eventually('the other one hears that nothing is parked', async () => (await unknowing.status())?.parked.length === 0);
    expect((await shownKeys(unknowing, 'shop')).staleSince).toBeNull();
    // The other one tells of events that it does not know as they are stored, so not in the same words.
    await fleet.assertReplay(fleet.projects, [knowing]);
  });
});
