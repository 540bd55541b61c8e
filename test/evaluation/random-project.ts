import type { Command } from '../../src/domain/command';
import type { Rule } from '../../src/domain/rule';
import { counterOf } from '../../src/evaluation/counter';
import type { Counter, Override, Properties, UserRecord } from '../../src/evaluation/user-record';
import { EMPTY_RECORD, HOLDOUT } from '../../src/evaluation/user-record';
import { HOUR_MS } from '../../src/evaluation/counter';
import { acknowledgeAll, Ledger } from '../fixtures/ledger';
import { createKey, variantsFor } from '../fixtures/shop';
import { type Dice } from '../property/dice';
import { HOUR } from './played';

/* Projects of few keys and overlapping segments with a history of random commands, and users near their rules. */

const KEYS = ['k1', 'k2', 'k3', 'k4', 'constructor'];
const BOUGHT = { event: 'Purchase', window: { lastDays: 3 } } as const;
const is = (name: string, value: string): Rule => ({ property: { name, operator: 'EQUALS', value } });
const RULES: readonly Rule[] = [
  is('city', 'Miami'),
  { not: is('city', 'Miami') },
  { any: [is('city', 'Boston'), is('plan', 'pro')] },
  { did: BOUGHT },
  { all: [{ didNot: BOUGHT }, { property: { name: 'plan', operator: 'EXISTS' } }] },
];

/** With keys and segments, and nothing that serves yet. */
export function randomProject(dice: Dice): Ledger {
  const ledger = Ledger.started();
  for (const key of KEYS) createKey(ledger, key);
  for (const [index, rule] of RULES.entries()) ledger.accept({ type: 'CreateSegment', name: `Segment ${index}`, rule });
  for (let count = 5 + dice.roll(25); count > 0; count -= 1) change(ledger, dice);
  return ledger;
}

/** One random command. That some are refused does not matter. */
export function change(ledger: Ledger, dice: Dice): void {
  ledger.submit({ ...randomCommand(ledger, dice), acknowledge: acknowledgeAll(ledger.state) });
}

function randomCommand({ state, events }: Ledger, dice: Dice): Command {
  const name = `Thing ${events.length}`;
  const segments = [null, ...state.segments.keys()];
  const oneOf = (ids: Iterable<string>) => [...ids][dice.roll(Math.max(1, [...ids].length))] ?? 'none';
  const [experiment, flag, config] = [oneOf(state.experiments.keys()), oneOf(state.flags.keys()), oneOf(state.configs.keys())];
  const keys = dice.some(KEYS, 1, 2);
  const percentage = dice.pick([10_000, 5_000, 0]);
  const rows = [
    { segment: dice.pick(segments), percentage, value: events.length },
    { segment: dice.pick(segments), percentage: 10_000, value: -events.length },
  ];
  const values = [{ key: keys[0]!, value: events.length }];
  const configRows = [{ segment: dice.pick(segments), values }];
  const draft = {
    keys,
    variants: variantsFor([keys[0]!], events.length),
    audience: dice.pick(segments),
    traffic: dice.pick([10_000, 6_000, 2_000, 0]),
  };
  const commands: readonly (readonly Command[])[] = [
    [{ type: 'CreateExperiment', name, ...draft, exclusive: dice.once(3), sticky: !dice.once(3) }],
    [
      { type: 'StopExperiment', id: experiment },
      { type: 'StartExperiment', id: experiment },
    ],
    [{ type: 'StartExperiment', id: [...state.experiments.values()].find(({ status }) => status === 'DRAFT')?.id ?? 'none' }],
    [
      { type: 'StopExperiment', id: experiment },
      { type: 'RollOutExperiment', id: experiment, variant: 'v2' },
      { type: 'ChangeExperimentTraffic', id: experiment, traffic: dice.pick([10_000, 8_000, 3_000]) },
      { type: 'ArchiveExperiment', id: experiment },
      { type: 'RestoreExperiment', id: experiment },
      { type: 'EditExperiment', id: experiment, name },
      {
        type: 'EditExperiment',
        id: experiment,
        ...draft,
        variants: draft.variants.map((variant, index) => ({ ...variant, id: `v${index + 1}` })),
      },
    ],
    [
      { type: 'CreateFlag', name, key: dice.pick(KEYS), rows },
      { type: 'PublishFlag', id: flag },
      { type: 'PauseFlag', id: flag },
      { type: 'ResumeFlag', id: flag },
      { type: 'EditFlag', id: flag, rows },
      { type: 'EditFlag', id: flag, name },
      { type: 'ArchiveFlag', id: flag },
    ],
    [
      { type: 'CreateConfig', name, keys, rows: configRows },
      { type: 'PublishConfig', id: config },
      { type: 'PauseConfig', id: config },
      { type: 'ResumeConfig', id: config },
      { type: 'ArchiveConfig', id: config },
    ],
    [
      { type: 'EditSegment', id: oneOf(state.segments.keys()), rule: dice.pick(RULES) },
      { type: 'EditSegment', id: oneOf(state.segments.keys()), name },
      { type: 'EditKey', name: dice.pick(KEYS), defaultValue: events.length },
      { type: 'EditKey', name: dice.pick(KEYS), description: name },
      { type: 'CreateGoal', name, event: 'Purchase' },
      { type: 'CreateHoldout', name, share: 2_000 },
      { type: 'EndHoldout', id: oneOf(state.holdouts.keys()) },
    ],
  ];
  return dice.pick(dice.pick(commands));
}

/** Starts a new experiment, or ends a running one, or both. */
export function turnOver(ledger: Ledger, dice: Dice): void {
  const running = [...ledger.state.experiments.values()].filter(({ status }) => status === 'RUNNING');
  const starts = running.length === 0 || dice.roll(3) > 0;
  if (!starts || dice.once(3)) ledger.submit({ type: 'StopExperiment', id: running[dice.roll(running.length)]?.id ?? 'none' });
  if (!starts) return;
  const key = dice.pick(KEYS);
  const design = {
    keys: [key],
    variants: variantsFor([key], ledger.events.length),
    audience: dice.pick([null, ...ledger.state.segments.keys()]),
  };
  const id = ledger.create({ type: 'CreateExperiment', name: `Test ${ledger.events.length}`, ...design, exclusive: dice.once(3) });
  ledger.submit({ type: 'StartExperiment', id, acknowledge: { noReach: true } });
}

export function randomProperties(dice: Dice): Properties {
  return {
    ...dice.maybe('city', () => dice.pick(['Miami', 'Boston', 'Paris'])),
    ...dice.maybe('plan', () => dice.pick(['pro', 'free', 3])),
  };
}

/** A record with what may be there: assignments of running, ended and unknown experiments, overrides, counters that are filled or not. */
export function randomRecord({ state }: Ledger, dice: Dice): UserRecord {
  const experiments = [...state.experiments.keys(), 'unknown'];
  const counter: readonly (Counter | undefined)[] = [
    { cells: [{ at: HOUR, count: 1 }] },
    { cells: [] },
    { cells: [{ at: HOUR - 72, count: 2 }] },
    { cells: [{ at: HOUR, count: 1 }], countingSince: HOUR * HOUR_MS },
    undefined,
  ];
  const counted = dice.pick(counter);
  const held = dice.some(experiments, 0, 3).filter((id, index, all) => all.indexOf(id) === index);
  const overrides: readonly Override[] = dice.once(6)
    ? [{ experiment: dice.pick(experiments), variant: dice.pick(['v1', 'v2']), until: (HOUR + dice.roll(3) - 1) * HOUR_MS }]
    : [];
  return {
    ...EMPTY_RECORD,
    properties: randomProperties(dice),
    counters: new Map(counted === undefined ? [] : [[counterOf(BOUGHT).id, counted]]),
    assignments: held.map((experiment) => ({
      experiment,
      variant: dice.pick(['v1', 'v2', HOLDOUT]),
      assignedAt: 0,
      revision: dice.roll(60),
    })),
    overrides,
  };
}
