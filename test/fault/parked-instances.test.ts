import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typingIn } from '../cli/typing';
import { describeRedis } from '../fixtures/describe-redis';
import { timed } from '../fixtures/elapsed';
import { eventually } from '../fixtures/eventually';
import { Fleet, untilReady } from './fleet';
import { createKey, shownKeys } from './key-calls';
import type { Member } from './member';

describeRedis('an event that the instance that projects cannot project', () => {
  const [POISONED, HEALTHY] = [0, 1];
  const directory = mkdtempSync(join(tmpdir(), 'poison-'));
  const poison = join(directory, 'poison');
  let fleet: Fleet;

  beforeAll(async () => {
    const instances = [{ preload: join(__dirname, 'poison-child.ts'), environment: { POISON: poison } }, {}];
    fleet = await Fleet.begin({ instances, projects: ['shop', 'other'], firstLeads: true });
  });
  beforeEach(async () => {
    writeFileSync(poison, '');
    expect(await fleet.leader()).toBe(POISONED);
  });
  afterEach(async () => {
    rmSync(poison, { force: true });
    await fleet.assertReplay();
  });
  afterAll(async () => {
    await fleet.end();
    rmSync(directory, { recursive: true });
  });

  const type = (member: Member, ...line: string[]) =>
    typingIn({ LEDGER_URL: member.address.url, LEDGER_TOKEN: member.address.token })(...line);

  /** Once the other one has heard of it. */
  async function expectParked(projectId: string): Promise<void> {
    const healthy = fleet.member(HEALTHY);
    await eventually('the one that watches says so', async () => (await healthy.status())?.parked.length === 1);
    expect((await healthy.status())?.parked).toMatchObject([
      { projectId, reason: 'FAILED', message: 'the projection of this key is poisoned' },
    ]);
  }

  test('parks its project, here and there: commands are accepted at once, queries say since when; unpark, asked of the other, tries again', async () => {
    const [poisoned, healthy] = [fleet.member(POISONED), fleet.member(HEALTHY)];
    const planted = await timed(createKey(poisoned, 'shop', 'poison'));
    expect(planted.result).toMatchObject({ kind: 'done', version: undefined });
    await expectParked('shop');
    const accepted = await timed(createKey(healthy, 'shop', 'next'));
    expect(accepted.result).toMatchObject({ kind: 'done', version: undefined });
    expect(accepted.ms).toBeLessThan(1_500);
    for (const member of [poisoned, healthy]) {
      expect(await shownKeys(member, 'shop')).toMatchObject({ names: [], staleSince: expect.any(String) as string });
      expect(await member.readiness()).toEqual({ status: 503, text: expect.stringContaining('is parked at an event') as string });
      expect(await createKey(member, 'other', `here_${member === healthy}`)).toMatchObject({ kind: 'done', version: 1 });
    }

    const again = await type(healthy, 'unpark', '--project', 'shop');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('Still parked') as string });
    rmSync(poison);
    expect(await type(healthy, 'unpark', '--project', 'shop')).toEqual({ code: 0, out: 'shop goes on.\n', err: '' });
    for (const member of [poisoned, healthy]) {
      await untilReady(member);
      expect(await shownKeys(member, 'shop')).toEqual({ names: ['next', 'poison'], staleSince: null, code: undefined });
    }
  });

  test('is projected by a healthy instance as soon as that one leads, with no one asking', async () => {
    const [poisoned, healthy] = [fleet.member(POISONED), fleet.member(HEALTHY)];
    await createKey(poisoned, 'other', 'poison');
    await expectParked('other');
    await poisoned.kill();
    await eventually('the healthy one shows it', async () => (await shownKeys(healthy, 'other')).names.includes('poison'));
    await untilReady(healthy);
    rmSync(poison);
    await poisoned.start();
    expect((await poisoned.status())?.parked).toEqual([]);
  });
});
