import { describeRedis } from '../fixtures/describe-redis';
import { timed } from '../fixtures/elapsed';
import { Fleet } from './fleet';
import { createKey, describeKey, shownKeys } from './key-calls';

const ROUNDS = 50;

describeRedis('what is written on one instance', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await Fleet.begin({ instances: [{}, {}], here: true });
    await createKey(fleet.member(0), 'shop', 'size');
  });
  afterAll(() => fleet.end());

  test.each(['projects', 'watches'])(
    'is read at once on the other, by the cursor it was given, also where the one that writes %s',
    async (does) => {
      const leader = await fleet.leader();
      const [writer, reader] = does === 'projects' ? [leader, 1 - leader] : [1 - leader, leader];
      const took: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const written = await describeKey(fleet.member(writer), 'shop', 'size', `${does} ${round}`);
        if (written.kind !== 'done') throw new Error(JSON.stringify(written));
        const { result, ms } = await timed(shownKeys(fleet.member(reader), 'shop', written.cursor));
        expect(result).toEqual({ names: [`size: ${does} ${round}`], staleSince: null, code: undefined });
        took.push(ms);
      }
      const median = took.sort((a, b) => a - b)[ROUNDS / 2] as number;
      expect(median).toBeLessThan(500);
    },
  );
});
