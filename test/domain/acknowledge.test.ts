import fc from 'fast-check';
import type { Acknowledge } from '../../src/domain/acknowledge';
import type { Command } from '../../src/domain/command';
import type { Envelope } from '../../src/domain/event';
import type { JsonObject } from '../../src/domain/json';
import { reachOf } from '../../src/domain/reach';
import type { ApplySetup } from '../../src/setup/plan';
import { planSetup } from '../../src/setup/plan';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { take } from '../../src/evaluation/assignment';
import { compileRuleset } from '../../src/evaluation/ruleset';
import { Subject } from '../../src/evaluation/subject';
import { EMPTY_RECORD } from '../../src/evaluation/user-record';
import { Ledger } from '../fixtures/ledger';
import { createConfig, createExperiment, createFlag, createKey, createSegment, IN_MIAMI, IN_NEW_YORK, variantsFor } from '../fixtures/shop';

type AnyCommand = Command | ApplySetup;

/** A project with everything that the baseline of `price` is made of, and a running experiment on it; `title` is in no experiment. */
function shop() {
  const ledger = Ledger.started();
  for (const name of ['price', 'title']) createKey(ledger, name);
  const segment = createSegment(ledger, 'New York');
  const rows = [{ segment, percentage: 5_000, value: 4 }];
  const flag = createFlag(ledger, 'F', 'price', { rows });
  const other = createFlag(ledger, 'Other', 'title', { rows });
  const config = createConfig(ledger, 'C', ['price', 'title'], { rows: [{ segment, values: [{ key: 'price', value: 9 }] }] });
  const before = createExperiment(ledger, 'Before', ['price'], { traffic: 1_000 });
  const running = createExperiment(ledger, 'Running', ['price'], { traffic: 1_000 });
  for (const id of [before, running]) ledger.accept({ type: 'StartExperiment', id });
  return { ledger, segment, rows, flag, other, config, before, running };
}
type Shop = ReturnType<typeof shop>;

const published = (kind: 'Flag' | 'Config', id: string): Command => ({ type: `Publish${kind}`, id }) as Command;

/** Each command of X7: what comes before it, acknowledged, and what it is. */
const COMMANDS: readonly (readonly [string, (shop: Shop) => readonly AnyCommand[]])[] = [
  ['publish a flag', ({ flag }) => [published('Flag', flag)]],
  ['edit a live flag', ({ flag, rows }) => [published('Flag', flag), { type: 'EditFlag', id: flag, rows: [...rows, ...rows] }]],
  ['pause a flag', ({ flag }) => [published('Flag', flag), { type: 'PauseFlag', id: flag }]],
  ['resume a flag', ({ flag }) => [published('Flag', flag), { type: 'PauseFlag', id: flag }, { type: 'ResumeFlag', id: flag }]],
  ['archive a live flag', ({ flag }) => [published('Flag', flag), { type: 'ArchiveFlag', id: flag }]],
  ['publish a config', ({ config }) => [published('Config', config)]],
  ['archive a live config', ({ config }) => [published('Config', config), { type: 'ArchiveConfig', id: config }]],
  ['roll out another experiment', ({ before }) => [{ type: 'RollOutExperiment', id: before, variant: 'v2' }]],
  [
    'archive a rolled-out experiment',
    ({ before }) => [
      { type: 'RollOutExperiment', id: before, variant: 'v2' },
      { type: 'ArchiveExperiment', id: before },
    ],
  ],
  ['edit the rule of a segment', ({ flag, segment }) => [published('Flag', flag), { type: 'EditSegment', id: segment, rule: IN_MIAMI }]],
  ['edit the default of a key', () => [{ type: 'EditKey', name: 'price', defaultValue: 77 }]],
  ['archive many', ({ flag }) => [published('Flag', flag), { type: 'ArchiveMany', items: [{ kind: 'flag', id: flag }] }]],
  [
    'revert',
    ({ segment, flag }) => [
      published('Flag', flag),
      { type: 'EditSegment', id: segment, rule: IN_MIAMI },
      {
        type: 'Revert',
        target: { kind: 'segment', id: segment, content: { name: 'New York', description: '', rule: IN_NEW_YORK, archived: false } },
        toVersion: 1,
      },
    ],
  ],
  [
    'apply a set-up',
    () => [{ type: 'ApplySetup', prune: false, setup: { version: 1, keys: [{ name: 'price', type: 'NUMBER', default: 78 }] } }],
  ],
];

const acknowledging = (command: AnyCommand, acknowledge: Acknowledge): AnyCommand => ({ ...command, acknowledge });

test.each(COMMANDS)('X7 to %s while an experiment with the key runs is refused, unless each of them is acknowledged', (_, commandsOf) => {
  const story = shop();
  const { ledger } = story;
  const commands = commandsOf(story);
  const last = commands.at(-1) as AnyCommand;
  for (const command of commands.slice(0, -1)) ledger.accept(acknowledging(command, { baselineOf: [story.before, story.running] }));
  const refusal = ledger.refuse(last);
  expect(refusal).toMatchObject({ code: 'BASELINE_OF_RUNNING', keys: ['price'] });
  const running = (refusal as Extract<typeof refusal, { code: 'BASELINE_OF_RUNNING' }>).experiments.map(({ id }) => id);
  expect(running).toContain(story.running);
  expect(ledger.refuse(acknowledging(last, { baselineOf: ['another'], noReach: true }))).toEqual(refusal);
  for (const id of running) {
    const others = running.filter((other) => other !== id);
    expect(ledger.refuse(acknowledging(last, { baselineOf: others }))).toMatchObject({
      code: 'BASELINE_OF_RUNNING',
      experiments: [{ id }],
    });
  }
  const events = ledger.accept(acknowledging(last, { baselineOf: running }));
  expect(events.map(({ data }) => data)).toContainEqual(
    expect.objectContaining({ baselineOfRunning: { keys: ['price'], experiments: running } }),
  );
  const { revision, occurredAt } = events.find(({ data }) => 'baselineOfRunning' in data) as Envelope;
  expect(ledger.state.baselineChanges.get(story.running)?.at(-1)).toEqual({ revision, occurredAt });
});

test('X7 what leaves the baseline of every running experiment as it is needs no word, and records none', () => {
  const { ledger, flag, other, segment, rows, running, before } = shop();
  const free: readonly Command[] = [
    published('Flag', other),
    { type: 'EditFlag', id: flag, rows: [...rows, ...rows] },
    { type: 'EditKey', name: 'title', defaultValue: 8 },
    { type: 'EditKey', name: 'price', description: 'In euros' },
    { type: 'EditSegment', id: segment, name: 'NYC' },
    { type: 'StopExperiment', id: running },
    { type: 'StopExperiment', id: before },
    { type: 'EditKey', name: 'price', defaultValue: 79 },
  ];
  for (const command of free) for (const { data } of ledger.accept(command)) expect(data).not.toHaveProperty('baselineOfRunning');
  expect(ledger.state.baselineChanges.size).toBe(0);
});

test('X7 a set-up that starts an experiment and then changes its baseline needs no word: no user was in it before', () => {
  const half = (name: string, values: JsonObject) => ({ name, weight: 50, values });
  const variants = [{ ...half('Control', {}), control: true }, half('New', { price: 4 })];
  const setup: JsonObject = {
    version: 2,
    keys: [{ name: 'price', type: 'NUMBER', default: 3 }],
    experiments: [
      { name: 'A', keys: ['price'], status: 'RUNNING', traffic: 50, variants },
      { name: 'B', keys: ['price'], status: 'ROLLED_OUT', rolledOut: 'New', variants },
    ],
  };
  const ledger = Ledger.started();
  expect(planSetup(ledger.state, 'shop', { setup, prune: false }, { limits: DEFAULT_LIMITS, newId: 'x' })).toMatchObject({
    obstacles: [],
    needed: { noReach: [], baselineOf: [] },
  });
  const events = ledger.submit({ type: 'ApplySetup', setup, prune: false });
  expect(events).toHaveLength(ledger.events.length - 1);
  expect(ledger.events.filter(({ data }) => 'baselineOfRunning' in data)).toEqual([]);
});

describe('X6', () => {
  test('X6 a start that the set-up proves to reach no new user names what is in the way, unless acknowledged', () => {
    const ledger = Ledger.started();
    for (const name of ['price', 'title']) createKey(ledger, name);
    const first = createExperiment(ledger, 'First', ['title'], { exclusive: true });
    const second = createExperiment(ledger, 'Second', ['price'], { traffic: 5_000 });
    expect(ledger.accept({ type: 'StartExperiment', id: first })[0]?.data).toMatchObject({
      reach: { basis: 'SETUP', atMost: 10_000, blockedBy: [] },
    });
    const start = { type: 'StartExperiment', id: second } as const;
    expect(ledger.refuse(start)).toMatchObject({
      code: 'NO_REACH',
      inTheWay: [{ kind: 'experiment', id: first, name: 'First', status: 'RUNNING' }],
    });
    expect(ledger.refuse({ ...start, acknowledge: { noReach: false, baselineOf: [second] } })).toMatchObject({ code: 'NO_REACH' });
    const [started] = ledger.accept({ ...start, acknowledge: { noReach: true } });
    expect(started?.data).toMatchObject({ reach: { basis: 'SETUP', atMost: 0, blockedBy: [first] } });
    const raise = { type: 'ChangeExperimentTraffic', id: second, traffic: 6_000 } as const;
    expect(ledger.refuse(raise)).toMatchObject({ code: 'NO_REACH' });
    expect(ledger.accept({ ...raise, traffic: 4_000 })[0]?.data).toEqual({ from: 5_000, to: 4_000 });
    ledger.accept({ type: 'ChangeExperimentTraffic', id: first, traffic: 9_000 });
    expect(ledger.accept(raise)[0]?.data).toMatchObject({ reach: { atMost: 600, blockedBy: [first] } });
  });

  test('X6 a plan lists what it needs, and is refused without', () => {
    const { ledger, before, running, flag } = shop();
    ledger.accept({ type: 'StopExperiment', id: before });
    const setup = { version: 1, flags: [{ name: 'F', key: 'price', status: 'LIVE', rows: [{ value: 4 }] }] } as const;
    const plan = planSetup(ledger.state, 'shop', { setup, prune: false }, { limits: DEFAULT_LIMITS, newId: 'x' });
    expect(plan).toMatchObject({ obstacles: [], needed: { noReach: [], baselineOf: [{ id: running, name: 'Running' }] } });
    const apply = { type: 'ApplySetup', setup, prune: false } as const;
    expect(ledger.refuse(apply)).toMatchObject({ code: 'BASELINE_OF_RUNNING' });
    ledger.accept({ ...apply, acknowledge: { baselineOf: [running] } });
    expect(ledger.state.flags.get(flag)?.status).toBe('LIVE');
  });

  test('X6 no user is ever taken of whom the set-up proves that none is', () => {
    const rules = [null, IN_NEW_YORK, IN_MIAMI];
    const design = fc.record({
      key: fc.constantFrom('price', 'title', 'third'),
      exclusive: fc.boolean(),
      rule: fc.nat(2),
      traffic: fc.constantFrom(0, 3_000, 10_000),
    });
    let proven = 0;
    fc.assert(
      fc.property(fc.array(design, { minLength: 2, maxLength: 5 }), (designs) => {
        const ledger = Ledger.started();
        for (const name of ['price', 'title', 'third']) createKey(ledger, name);
        const segments = rules.map((rule, index) => (rule === null ? null : createSegment(ledger, `S${index}`, rule)));
        const ids = designs.map(({ key, exclusive, rule, traffic }, index) => {
          const audience = segments[rule] ?? null;
          const id = createExperiment(ledger, `E${index}`, [key], { exclusive, audience, traffic, variants: variantsFor([key]) });
          ledger.accept({ type: 'StartExperiment', id, acknowledge: { noReach: true } });
          return id;
        });
        const ruleset = compileRuleset(ledger.state, ledger.state.head.revision);
        for (let user = 0; user < 40; user += 1) {
          const city = user % 2 === 0 ? 'New York' : 'Miami';
          const subject = new Subject(EMPTY_RECORD, { userId: `u${user}`, properties: { 'geo.city': city } }, 0);
          const { variants } = take(ruleset, subject);
          for (const [number, { id }] of ruleset.running.entries()) {
            const experiment = ledger.state.experiments.get(id)!;
            const { atMost } = reachOf(ledger.state, experiment, experiment.traffic);
            if (atMost === 0) proven += 1;
            if (atMost === 0) expect(variants[number]).toBe(-1);
          }
        }
        expect(ids).toHaveLength(designs.length);
      }),
      { numRuns: 150 },
    );
    expect(proven).toBeGreaterThan(100);
  });
});
