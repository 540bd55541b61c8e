import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../fixtures/eventually';
import { Fleet } from './fleet';
import { createKey, untilShown } from './key-calls';

const KILLS = 10;

test('the instance that projects killed, again and again: another projects within 5 s', async () => {
  const fleet = await Fleet.begin({ instances: [{}, {}, {}] });
  try {
    const took: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const leader = await fleet.leader();
      // At any moment of a lease.
      await sleep(Math.random() * 1_000);
      await fleet.member(leader).kill();
      const killed = performance.now();
      const survivor = fleet.members.find((member) => member.up) ?? fleet.member(0);
      let tries = 0;
      await eventually('a mutation is answered with the document', async () => {
        const reply = await createKey(survivor, 'shop', `key_${kill}_${(tries += 1)}`);
        return reply.kind === 'done' && reply.version !== undefined;
      });
      took.push(performance.now() - killed);
      await fleet.member(leader).start();
    }
    console.log(`until another projected: ${took.map((ms) => `${Math.round(ms)} ms`).join(', ')}`);
    expect(Math.max(...took)).toBeLessThan(5_000);
    await fleet.assertReplay();
  } finally {
    await fleet.end();
  }
});

describe('the instance that projects', () => {
  let fleet: Fleet;
  let leader: number;
  beforeAll(async () => (fleet = await Fleet.begin({ instances: [{}, {}] })));
  beforeEach(async () => (leader = await fleet.leader()));
  afterEach(() => fleet.assertReplay());
  afterAll(() => fleet.end());

  test('killed, another projects within seconds, meanwhile commands are carried out, and it does not take the place back', async () => {
    await fleet.member(leader).kill();
    // 5 s where there is a core free for it.
    expect(await untilShown(fleet.member(1 - leader), 'killed')).toBeLessThan(10_000);
    await fleet.member(leader).start();
    expect(await fleet.leader()).toBe(1 - leader);
  });

  test('stopped gracefully, another projects at once', async () => {
    await fleet.member(leader).stop();
    expect(await untilShown(fleet.member(1 - leader), 'stopped')).toBeLessThan(5_000);
    await fleet.member(leader).start();
  });
});
