import { inParallel } from '../../src/concurrency/limiter';
import { DAY_MS, type PlayedServer } from '../flows/played-tests';

export const START = Date.parse('2026-03-02T00:00:00Z');
export const DAYS = 8;
export const USERS_A_DAY = 60;
const SETUP = `
version: 2
keys:
  - { name: layout, type: STRING, default: compact }
goals:
  - { name: Bought, event: purchase, measure: CONVERSION, windowDays: 1 }
  - { name: Returned, event: refund, measure: CONVERSION, direction: LOWER, windowDays: 1 }
experiments:
  - name: Wide
    traffic: 100
    keys: [layout]
    goals: [Bought, Returned]
    roles: [{ goal: Bought, role: PRIMARY }, { goal: Returned, role: GUARDRAIL, margin: 50 }]
    variants:
      - { name: Compact, control: true, weight: 50 }
      - { name: Wide layout, weight: 50, values: { layout: wide } }
    status: RUNNING
`;

/** Plays a test that runs for some days in the project "shop", and answers its local id. */
export async function playWideTest(server: PlayedServer): Promise<string> {
  await server.apply(SETUP);
  const query = '{ experiments(projectId: "shop", first: 5) { nodes { id } } }';
  const local = (await server.ask<{ experiments: { nodes: { id: string }[] } }>(query)).experiments.nodes[0]!.id.split('/')[2]!;
  const number = (user: string) => Number(user.split(' ')[1]);
  for (let day = 0; day < DAYS; day += 1) {
    await server.moveTo(START + day * DAY_MS + 3_600_000);
    const users = Array.from({ length: USERS_A_DAY }, (_, at) => `user ${day * USERS_A_DAY + at}`);
    const wide = new Set<string>();
    await inParallel(users, 8, async (user) => {
      const { flags } = await server.visit(user, ['layout']);
      if (flags.some(({ value }) => value === 'wide')) wide.add(user);
    });
    const events = (event: string, who: readonly string[]) => who.map((user) => ({ id: `${event} ${user}`, user, event }));
    const buyers = users.filter((user) => number(user) % 10 < (wide.has(user) ? 6 : 2));
    await server.send([
      ...events('purchase', buyers),
      ...events(
        'refund',
        users.filter((user) => number(user) % 10 === 7),
      ),
    ]);
  }
  await server.moveTo(START + (DAYS + 1) * DAY_MS);
  return local;
}
