import { EventSource } from 'eventsource';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeCursor } from '../../src/domain/cursor';
import { timed } from '../fixtures/elapsed';
import type { Running } from './running-server';
import { tokenFor } from './running-server';
import { analyst, get, linesOf, serveFeed, take } from './feed-server';

const NDJSON = { accept: 'application/x-ndjson' };
const servers: Running[] = [];

async function serve(...args: Parameters<typeof serveFeed>) {
  const running = await serveFeed(...args);
  servers.push(running);
  return running;
}

afterEach(async () => {
  for (const { server } of servers.splice(0)) await server.stop();
});

async function objects(response: Response, count: number): Promise<Record<string, unknown>[]> {
  return (await take(linesOf(response), count)).map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('as lines of JSON', () => {
  test('history as CloudEvents, then that it has caught up, then what is new', async () => {
    const { url, harness } = await serve();
    const response = await get(url, '/projects/shop/changes?fromStart=true', NDJSON);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const lines = linesOf(response);
    const [first, , third, caughtUp] = (await take(lines, 4)).map((line) => JSON.parse(line));
    const [created] = harness.ledger.events;
    expect(first).toEqual({
      specversion: '1.0',
      id: created!.id,
      source: '/projects/shop',
      type: 'ProjectCreated',
      subject: 'project/shop',
      time: new Date(created!.occurredAt).toISOString(),
      datacontenttype: 'application/json',
      revision: 0,
      cursor: harness.text(0),
      sentence: expect.stringContaining('alice created'),
      entitykind: 'PROJECT',
      entityid: 'shop',
      nodeid: 'shop',
      entityname: 'Shop',
      entityversion: 1,
      actor: 'alice',
      actorkind: 'USER',
      schemaversion: 1,
      commandid: created!.commandId,
      correlationid: created!.correlationId,
      causationid: created!.causationId,
      previoushash: created!.previousHash,
      hash: created!.hash,
      data: created!.data,
    });
    // CloudEvents: attributes are texts or numbers, and their names have small letters and digits.
    const { data: _data, ...attributes } = first as Record<string, unknown>;
    for (const [name, value] of Object.entries(attributes)) {
      expect(name).toMatch(/^[a-z0-9]{1,20}$/);
      expect(['string', 'number']).toContain(typeof value);
    }
    expect(third).toMatchObject({ revision: 2 });
    expect(caughtUp).toEqual({ kind: 'caughtUp', cursor: harness.text(2) });
    await harness.happen(1);
    expect((await take(lines, 1)).map((line) => JSON.parse(line))).toMatchObject([{ revision: 3, type: 'ProjectDescribed' }]);
  });

  test('heartbeats carry the cursor, also past what a filter leaves out', async () => {
    const { url, harness } = await serve({ heartbeatMs: 40 });
    const response = await get(url, '/projects/shop/changes?types=KeyCreated&fromStart=true', NDJSON);
    const lines = linesOf(response);
    expect((await take(lines, 2)).map((line) => JSON.parse(line))).toMatchObject([
      { kind: 'caughtUp' },
      { kind: 'heartbeat', cursor: harness.text(2) },
    ]);
    await harness.happen(2);
    await take(lines, 1);
    expect(JSON.parse((await take(lines, 1))[0]!)).toEqual({ kind: 'heartbeat', cursor: harness.text(4) });
  });

  test('a parked project says so', async () => {
    const { url, harness } = await serve();
    harness.feed.parked({ projectId: 'shop', revision: 3, type: 'KeyCreated', reason: 'UPGRADE_REQUIRED', since: 0 });
    const [, parked] = await objects(await get(url, '/projects/shop/changes', NDJSON), 2);
    expect(parked).toEqual({
      kind: 'parked',
      cursor: harness.text(2),
      revision: 3,
      type: 'KeyCreated',
      reason: 'UPGRADE_REQUIRED',
      since: '1970-01-01T00:00:00.000Z',
    });
  });

  test('an event of a type that this version does not know is delivered raw', async () => {
    const { url, harness } = await serve();
    const [event] = harness.decide(1);
    const unknown = { ...event!, type: 'WidgetCreated', data: { anything: [1] } };
    harness.deliver([unknown]);
    const lines = linesOf(await get(url, '/projects/shop/changes', NDJSON));
    await take(lines, 1);
    harness.deliver([unknown]);
    harness.show(unknown);
    const [line] = await take(lines, 1);
    expect(JSON.parse(line!)).toMatchObject({
      type: 'WidgetCreated',
      sentence: expect.stringContaining('WidgetCreated'),
      data: unknown.data,
    });
  });
});

describe('as server-sent events', () => {
  test('an EventSource follows, and when the connection is lost it resumes after the last it had', async () => {
    const { url, harness, server } = await serve({}, 20);
    const token = await tokenFor(analyst);
    const seen: number[] = [];
    const names: string[] = [];
    let connections = 0;
    const source = new EventSource(`${url}/projects/shop/changes?fromStart=true`, {
      fetch: async (address, init) => {
        connections += 1;
        return fetch(address, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
      },
    });
    source.onmessage = ({ data, lastEventId }) => {
      seen.push((JSON.parse(data as string) as { revision: number }).revision);
      expect(decodeCursor(lastEventId)?.revision).toBe(seen.at(-1));
    };
    source.addEventListener('caughtUp', () => names.push('caughtUp'));
    while (seen.length < 21) await sleep(5);
    for (let cut = 0; cut < 2; cut += 1) {
      server.app.server.closeAllConnections();
      await harness.happen(5);
      while (seen.length < 26 + 5 * cut) await sleep(20);
    }
    source.close();
    expect(seen).toEqual(Array.from({ length: 31 }, (_, index) => index));
    expect(connections).toBe(3);
    expect(names.length).toBe(3);
  });

  test('a tool that asks for plain JSON gets a line of it for each', async () => {
    const { url } = await serve({ heartbeatMs: 30 });
    const response = await get(url, '/projects/shop/changes', { accept: 'application/json' });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const [line = ''] = await take(linesOf(response), 1);
    expect(JSON.parse(line)).toBeInstanceOf(Object);
  });

  test('it is what is sent to anyone who does not say otherwise, and heartbeats are comments that move the id', async () => {
    const { url, harness } = await serve({ heartbeatMs: 30 });
    const response = await get(url, '/projects/shop/changes', { accept: '*/*' });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const lines = await take(linesOf(response), 9);
    expect(lines).toEqual([
      'retry: 1000',
      '',
      'event: caughtUp',
      `id: ${harness.text(2)}`,
      `data: {"cursor":"${harness.text(2)}"}`,
      '',
      ': heartbeat',
      `id: ${harness.text(2)}`,
      '',
    ]);
  });

  test('Last-Event-ID goes before what the address says', async () => {
    const { url, harness } = await serve({}, 5);
    const [first] = await objects(
      await get(url, '/projects/shop/changes?fromStart=true', { ...NDJSON, 'last-event-id': harness.text(3) }),
      1,
    );
    expect(first).toMatchObject({ revision: 4 });
  });
});

describe('what is refused', () => {
  const refusals: [string, (cursor: string) => string, Record<string, string>, number, string, RegExp][] = [
    ['a cursor that was cut short', (cursor) => `?after=${cursor.slice(0, -3)}`, {}, 400, 'BAD_REQUEST', /cut short/],
    ['an empty cursor', () => '?after=', {}, 400, 'BAD_REQUEST', /cut short/],
    ['a bad Last-Event-ID', () => '', { 'last-event-id': '12' }, 400, 'BAD_REQUEST', /cut short/],
    ['two beginnings', (cursor) => `?after=${cursor}&fromStart=true`, {}, 400, 'BAD_REQUEST', /not both/],
    ['an unknown type', () => '?types=KeyCreated,Nothing', {}, 400, 'BAD_REQUEST', /"Nothing" is not a type/],
    ['no type', () => '?types=', {}, 400, 'BAD_REQUEST', /types/],
    ['an unknown kind', () => '?entity=key', {}, 400, 'BAD_REQUEST', /`entity` must be one of PROJECT, KEY/],
    ['a parameter that is misspelt', () => '?form_start=true', {}, 400, 'BAD_REQUEST', /"form_start" is not one of them/],
    ['a parameter given twice', (cursor) => `?after=${cursor}&after=${cursor}`, {}, 400, 'BAD_REQUEST', /once/],
    ['another media type', () => '', { accept: 'text/html' }, 406, 'BAD_REQUEST', /Accept/],
  ];
  test.each(refusals)('%s', async (_, query, headers, status, code, message) => {
    const { url, harness } = await serve();
    const response = await get(url, `/projects/shop/changes${query(harness.text(1))}`, headers);
    const body = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
    expect([response.status, body.errors[0]?.extensions.code]).toEqual([status, code]);
    expect(body.errors[0]?.message).toMatch(message);
    expect(harness.feed.size).toBe(0);
  });

  test('a project that is not there, a caller without rights, one without a token, one too many', async () => {
    const { url, harness } = await serve({ subscriptions: { all: 10, perOwner: 1 } });
    expect((await get(url, '/projects/missing/changes')).status).toBe(404);
    const stranger = await tokenFor({ roles: { other: ['analyst'] } });
    expect((await get(url, '/projects/shop/changes', { authorization: `Bearer ${stranger}` })).status).toBe(403);
    expect((await fetch(`${url}/projects/shop/changes`)).status).toBe(401);
    const token = await tokenFor(analyst);
    const authorization = `Bearer ${token}`;
    const first = await get(url, '/projects/shop/changes', { authorization });
    const second = await get(url, '/projects/shop/changes', { authorization });
    expect([first.status, second.status, second.headers.get('retry-after')]).toEqual([200, 429, '5']);
    await first.body?.cancel();
    while (harness.feed.size > 0) await sleep(5);
    expect((await get(url, '/projects/shop/changes', { authorization })).status).toBe(200);
  });

  test('a header of 1 MB', async () => {
    const { url } = await serve();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`GET /projects/shop/changes HTTP/1.1\r\nHost: a\r\nLast-Event-ID: ${'x'.repeat(1_048_576)}\r\n\r\n`);
    let said = '';
    for await (const chunk of socket) {
      said += String(chunk);
      break;
    }
    expect(said).toMatch(/^HTTP\/1.1 431 /);
  });
});

describe('while the server is starting', () => {
  /** A server that shows nothing yet, until the test says so. */
  async function serveStarting(heartbeat = 30) {
    const state = { starting: true };
    const running = await serveFeed({ heartbeatMs: heartbeat, subscriptions: { all: 2, perOwner: 2 } }, 2, {
      starting: () => state.starting,
    });
    servers.push(running);
    return { ...running, state };
  }

  test('an EventSource is held with heartbeats, and then follows from where it was', async () => {
    const { url, harness, state } = await serveStarting();
    const token = await tokenFor(analyst);
    const seen: number[] = [];
    let answers = 0;
    const source = new EventSource(`${url}/projects/shop/changes?after=${harness.text(0)}`, {
      fetch: async (address, init) => {
        answers += 1;
        return fetch(address, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
      },
    });
    source.onmessage = ({ data }) => seen.push((JSON.parse(data as string) as { revision: number }).revision);
    while (source.readyState !== EventSource.OPEN) await sleep(5);
    expect(seen).toEqual([]);
    state.starting = false;
    await harness.happen(1);
    while (seen.length < 3) await sleep(5);
    source.close();
    expect({ seen, answers }).toEqual({ seen: [1, 2, 3], answers: 1 });
  });

  test('heartbeats come meanwhile, with the cursor that was asked for', async () => {
    const { url, harness, state } = await serveStarting();
    const lines = linesOf(await get(url, `/projects/shop/changes?after=${harness.text(1)}`, NDJSON));
    const heartbeat = { kind: 'heartbeat', cursor: harness.text(1) };
    expect((await take(lines, 2)).map((line) => JSON.parse(line))).toEqual([heartbeat, heartbeat]);
    state.starting = false;
    const item = async () => JSON.parse((await take(lines, 1))[0]!) as { kind?: string };
    let next = await item();
    while (next.kind === 'heartbeat') next = await item();
    expect(next).toMatchObject({ revision: 2 });
  });

  test('what is wrong in any case is refused at once, and held requests count', async () => {
    const { url, state } = await serveStarting();
    expect((await get(url, '/projects/shop/changes?types=nothing', NDJSON)).status).toBe(400);
    expect((await get(url, '/projects/shop/changes?after=x', NDJSON)).status).toBe(400);
    const held = [await get(url, '/projects/shop/changes', NDJSON), await get(url, '/projects/nope/changes', NDJSON)];
    expect((await get(url, '/projects/shop/changes', NDJSON)).status).toBe(429);
    state.starting = false;
    const [, other] = held.map((response) => linesOf(response));
    const lines = (await take(other!, 1_000)).map((line) => JSON.parse(line) as object);
    expect(lines.at(-1)).toEqual({ kind: 'end', code: 'NOT_FOUND', message: expect.stringContaining('There is no project "nope"') });
  });
});

describe('how it ends', () => {
  test('an EventSource that comes while the server goes away is not turned away for good', async () => {
    const { url, harness } = await serve();
    harness.feed.close();
    expect((await get(url, '/projects/shop/changes', NDJSON)).status).toBe(503);
    const response = await get(url, '/projects/shop/changes', { accept: 'text/event-stream' });
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^retry: 1000\n\nevent: end\ndata: \{"code":"GOING_AWAY",.*\}\n\n$/);
  });

  test('with the token, and the last line says so', async () => {
    const { url } = await serve({ heartbeatMs: 40 });
    const token = await tokenFor({ ...analyst, ttlMs: 2_900 });
    const response = await get(url, '/projects/shop/changes', { ...NDJSON, authorization: `Bearer ${token}` });
    const lines = await take(linesOf(response), 1_000);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ kind: 'end', code: 'UNAUTHENTICATED', cursor: expect.any(String) });
  });

  test('at once when the server stops, with the place to go on from', async () => {
    const { url, harness, server } = await serveFeed();
    const lines = linesOf(await get(url, '/projects/shop/changes', NDJSON));
    await take(lines, 1);
    const { result, ms } = await timed(Promise.all([take(lines, 10), server.stop()]));
    expect(ms).toBeLessThan(3_000);
    expect(result[0].map((line) => JSON.parse(line))).toEqual([
      { kind: 'end', code: 'GOING_AWAY', message: expect.stringContaining('going away'), cursor: harness.text(2) },
    ]);
  });

  test('when the client goes, there and then', async () => {
    const { url, harness } = await serve();
    const leaving = new AbortController();
    await get(url, '/projects/shop/changes', NDJSON, leaving.signal);
    expect(harness.feed.size).toBe(1);
    leaving.abort();
    while (harness.feed.size > 0) await sleep(5);
  });

  test('for a client that never reads: it holds up no one, takes little memory, and is cut off', async () => {
    const { url, harness } = await serve({ stallMs: 1_500, ring: { events: 50, bytes: 1_000_000 } });
    const token = await tokenFor(analyst);
    const deaf = connect(Number(new URL(url).port), '127.0.0.1');
    deaf.pause();
    deaf.write(`GET /projects/shop/changes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    let closed = false;
    deaf.on('error', () => {}).on('close', () => (closed = true));
    while (harness.feed.size < 1) await sleep(5);
    const lines = linesOf(await get(url, '/projects/shop/changes', NDJSON));
    await take(lines, 1);
    const large = 'x'.repeat(1_900);
    let written = 3;
    for (; harness.feed.size > 1 && written < 60_000; written += 150) {
      for (let count = 0; count < 150; count += 1) {
        harness.ledger.accept({ type: 'EditProject', id: 'shop', description: `${written + count} ${large}` });
      }
      const events = harness.ledger.events.slice(written);
      await harness.write(events);
      harness.deliver(events);
      harness.show(events.at(-1)!);
      await take(lines, 150);
    }
    expect(harness.feed.size).toBe(1);
    deaf.resume();
    while (!closed) await sleep(5);
  });
});
