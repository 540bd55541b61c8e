import type { UserKey } from '../../src/domain/user-key';
import type { UserStore } from '../../src/user-store/user-store';
import { assignment, userOf } from './users';

const AT_ONCE = 50;

/**
 * X4: for each of many users two clients decide at once, from unequal facts, for one of two experiments that conflict. Answers the users who are not in
 * exactly one of them, and how often the first experiment won.
 */
export async function competeForUsers(
  clients: readonly [UserStore, UserStore],
  rounds: number,
): Promise<{ readonly wrong: readonly number[]; readonly firstWon: number }> {
  const wrong: number[] = [];
  let firstWon = 0;
  const round = async (n: number) => {
    const user = userOf(`round ${n}`);
    const first = () => decide(clients[0], user, 'x1');
    const second = () => decide(clients[1], user, 'x2');
    await Promise.all((n % 2 === 0 ? [first, second] : [second, first]).map((begin) => begin()));
    const { assignments } = await clients[0].load('shop', user);
    if (assignments.length !== 1) wrong.push(n);
    if (assignments[0]?.experiment === 'x1') firstWon += 1;
  };
  for (let n = 0; n < rounds; n += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, (_, k) => round(n + k)));
  return { wrong, firstWon };
}

async function decide(client: UserStore, user: UserKey, experiment: string): Promise<void> {
  for (let record = await client.load('shop', user); record.assignments.length === 0;) {
    const result = await client.assign('shop', user, record.assignmentVersion, [assignment(experiment)]);
    if (result.stored) return;
    record = result.record;
  }
}
