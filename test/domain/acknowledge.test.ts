import type { Acknowledge } from '../../src/domain/acknowledge';
import type { Command } from '../../src/domain/command';
import type { Envelope } from '../../src/domain/event';
import type { JsonObject } from '../../src/domain/json';
import type { ApplySetup } from '../../src/setup/plan';
import type { RestoreSetup } from '../../src/setup/restore';
import { BY_EVENTS } from '../../src/application/refusals';
import type { ProjectState } from '../../src/domain/project-state';
import { finish } from '../../src/domain/steps';
import { describingPast, type PastSetup } from '../../src/setup/export';
import { planSetup } from '../../src/setup/plan';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { Ledger } from '../fixtures/ledger';
import { createConfig, createExperiment, createFlag, createKey, createSegment, IN_MIAMI, IN_NEW_YORK } from '../fixtures/shop';

/** What the set-up is, to go back to. */
const pastSetup = (state: ProjectState): PastSetup => finish(describingPast(state));

type AnyCommand = Command | ApplySetup | RestoreSetup;

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
  ['edit a live config', ({ config }) => [published('Config', config), { type: 'EditConfig', id: config, rows: [] }]],
  ['pause a config', ({ config }) => [published('Config', config), { type: 'PauseConfig', id: config }]],
  [
    'resume a config',
    ({ config }) => [published('Config', config), { type: 'PauseConfig', id: config }, { type: 'ResumeConfig', id: config }],
  ],
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
  [
    'go back to a set-up',
    ({ ledger }) => [
      { type: 'EditKey', name: 'price', defaultValue: 79 },
      { type: 'RestoreSetup', past: pastSetup(ledger.state), stop: false },
    ],
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

test('X7 these are all commands that can be refused so', () => {
  const types = COMMANDS.map(([, commandsOf]) => commandsOf(shop()).at(-1)?.type);
  expect([...new Set(types)].sort()).toEqual([...BY_EVENTS.BASELINE_OF_RUNNING].sort());
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
