import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, Fleet } from './fleet';
import { createKey } from './key-calls';

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
