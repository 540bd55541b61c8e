import { differences } from '../../src/audit/difference';
import type { Json } from '../../src/domain/json';
import type { Limits } from '../../src/domain/limits';
import { Ledger } from '../fixtures/ledger';
import { applied, planFor } from './project';

const variants = (weight = 50, value = 5) => [
  { name: 'Control', control: true, weight: 100 - weight },
  { name: 'New', weight, values: { size: value } },
];
const experiment = (more: object = {}, name = 'Test') => ({ name, keys: ['size'], goals: ['Bought'], variants: variants(), ...more });
const RUNNING = { status: 'RUNNING', traffic: 20 };
const file = (part: object): Json => ({ version: 2, ...part }) as Json;

const BASE = {
  keys: ['size', 'color', 'spare'].map((name) => ({ name, type: 'NUMBER', default: 1 })),
  segments: ['Miami', 'Spare'].map((name) => ({ name, rule: { property: { name: 'city', operator: 'EQUALS', value: name } } })),
  goals: [
    { name: 'Bought', event: 'Purchase' },
    { name: 'Left', event: 'Quit' },
  ],
};

interface Case {
  readonly what: string;
  readonly has?: object;
  readonly wants: object;
  readonly prune?: boolean;
  readonly limits?: Partial<Limits>;
  readonly found: readonly [
    command: string,
    changes: readonly (readonly [path: string, before?: unknown, after?: unknown])[],
    wayOut: RegExp,
  ];
}

const flag = (more: object = {}, name = 'Bigger') => ({
  name,
  key: 'size',
  rows: [{ segment: 'Miami', percentage: 25, value: 2 }],
  ...more,
});
const config = (name: string, ...keys: string[]) => ({ name, keys, rows: [{ values: { [keys[0] as string]: 2 } }] });

const CASES: readonly Case[] = [
  {
    what: 'another type for a key',
    wants: { keys: [{ name: 'size', type: 'STRING', default: 'x' }] },
    found: ['EditKey', [['type', 'NUMBER', 'STRING']], /key of another name/],
  },
  {
    what: 'another key for a flag',
    has: { flags: [flag()] },
    wants: { flags: [flag({ key: 'color', rows: [] })] },
    found: ['EditFlag', [['key', 'size', 'color']], /flag of another name/],
  },
  {
    what: 'a key that another flag has',
    has: { flags: [flag()] },
    wants: { flags: [flag({}, 'Other')] },
    found: ['CreateFlag', [['key', undefined, 'size']], /Choose another key/],
  },
  {
    what: 'a published flag as a draft',
    has: { flags: [flag({ status: 'LIVE' })] },
    wants: { flags: [flag({ status: 'DRAFT' })] },
    found: ['PauseFlag', [['status', 'LIVE', 'DRAFT']], /status: PAUSED/],
  },
  {
    what: 'a published config as a draft',
    has: { configs: [{ ...config('Look', 'size'), status: 'PAUSED' }] },
    wants: { configs: [config('Look', 'size')] },
    found: ['PauseConfig', [['status', 'PAUSED', 'DRAFT']], /status: PAUSED/],
  },
  {
    what: 'a key that another config has, for a new one',
    has: { configs: [config('Look', 'size')] },
    wants: { configs: [config('Other', 'size')] },
    found: ['CreateConfig', [['keys', undefined, ['size']]], /another key/],
  },
  {
    what: 'a key that another config has, for one that is there',
    has: { configs: [config('Look', 'size'), config('Other', 'color')] },
    wants: { configs: [config('Other', 'color', 'size')] },
    found: ['EditConfig', [['keys[1]', undefined, 'size']], /another key/],
  },
  {
    what: 'other weights of a running experiment, beside a description that may change',
    has: { experiments: [experiment(RUNNING)] },
    wants: { experiments: [experiment({ ...RUNNING, description: 'new', variants: variants(40) })] },
    found: [
      'EditExperiment',
      [
        ['variants[v1].weight', 50, 60],
        ['variants[v2].weight', 50, 40],
      ],
      /^Stop it and start a new experiment under another name, or raise its traffic/,
    ],
  },
  {
    what: 'another value, another audience, other keys and fewer goals of a running experiment',
    has: { experiments: [experiment(RUNNING)] },
    wants: {
      experiments: [experiment({ ...RUNNING, audience: 'Miami', keys: ['size', 'color'], goals: ['Left'], variants: variants(50, 6) })],
    },
    found: [
      'EditExperiment',
      [
        ['keys[1]', undefined, 'color'],
        ['audience', null, 'Miami'],
        ['goals[0]', 'Bought', 'Left'],
        ['variants[v2].values[size].value', 5, 6],
      ],
      /^Stop it/,
    ],
  },
  {
    what: 'another design of a stopped experiment',
    has: { experiments: [experiment({ status: 'STOPPED' })] },
    wants: { experiments: [experiment({ status: 'STOPPED', variants: variants(50, 6) })] },
    found: ['EditExperiment', [['variants[v2].values[size].value', 5, 6]], /^Leave it as it is/],
  },
  {
    what: 'another role of a goal of a running experiment',
    has: { experiments: [experiment(RUNNING)] },
    wants: { experiments: [experiment({ ...RUNNING, roles: [{ goal: 'Bought', role: 'SECONDARY' }] })] },
    found: ['EditExperiment', [['roles[0].role', 'PRIMARY', 'SECONDARY']], /^Stop it and start a new experiment under another name/],
  },
  {
    what: 'another analysis of a running experiment',
    has: { experiments: [experiment(RUNNING)] },
    wants: { experiments: [experiment({ ...RUNNING, analysis: { alpha: 0.01 } })] },
    found: ['EditExperiment', [['analysis.alpha', 0.05, 0.01]], /^Stop it and start a new experiment under another name/],
  },
  {
    what: 'other traffic of a stopped experiment',
    has: { experiments: [experiment({ status: 'STOPPED', traffic: 20 })] },
    wants: { experiments: [experiment({ status: 'STOPPED', traffic: 30 })] },
    found: ['ChangeExperimentTraffic', [['traffic', 20, 30]], /^Leave it as it is/],
  },
  {
    what: 'a running experiment as a draft',
    has: { experiments: [experiment(RUNNING)] },
    wants: { experiments: [experiment({ traffic: 20 })] },
    found: ['EditExperiment', [['status', 'RUNNING', 'DRAFT']], /status: STOPPED/],
  },
  {
    what: 'a stopped experiment as running',
    has: { experiments: [experiment({ status: 'STOPPED' })] },
    wants: { experiments: [experiment({ status: 'RUNNING' })] },
    found: ['StartExperiment', [['status', 'STOPPED', 'RUNNING']], /Leave it stopped/],
  },
  {
    what: 'another variant rolled out',
    has: { experiments: [experiment({ status: 'ROLLED_OUT', rolledOut: 'New', variants: three() })] },
    wants: { experiments: [experiment({ status: 'ROLLED_OUT', rolledOut: 'Third', variants: three() })] },
    found: ['RollOutExperiment', [['rolledOut', 'New', 'Third']], /Leave it rolled out/],
  },
  {
    what: 'another exclusivity of a running experiment',
    has: { experiments: [experiment(RUNNING)] },
    wants: { experiments: [experiment({ ...RUNNING, exclusive: true })] },
    found: ['EditExperiment', [['exclusive', false, true]], /under another name/],
  },
  {
    what: 'another stickiness of an experiment',
    has: { experiments: [experiment()] },
    wants: { experiments: [experiment({ sticky: false })] },
    found: ['EditExperiment', [['sticky', true, false]], /under another name/],
  },
  {
    what: 'a new experiment that is not exclusive where all are',
    has: { exclusivity: true },
    wants: { experiments: [experiment({ exclusive: false })] },
    found: ['CreateExperiment', [['exclusive', undefined, false]], /exclusivity: false/],
  },
  {
    what: 'another meaning of a goal that a started experiment measures',
    has: { experiments: [experiment(RUNNING)] },
    wants: { goals: [{ name: 'Bought', event: 'Order', description: 'new' }] },
    found: ['EditGoal', [['event', 'Purchase', 'Order']], /goal of another name/],
  },
  {
    what: 'archiving what is in use',
    has: { flags: [flag()] },
    wants: { segments: [] },
    prune: true,
    found: ['ArchiveSegment', [['archived', false, true]], /Take it out/],
  },
  {
    what: 'using what the same plan archives',
    wants: { keys: [], flags: [flag({ key: 'spare', rows: [] })] },
    prune: true,
    found: ['CreateFlag', [['key', undefined, 'spare']], /^List what it uses/],
  },
  {
    what: 'more keys than fit',
    wants: { keys: [{ name: 'more', type: 'NUMBER', default: 1 }] },
    limits: { keys: 3 },
    found: ['CreateKey', [['name', undefined, 'more']], /raise the limit/],
  },
  {
    what: 'restoring a key for which there is no room',
    has: {
      keys: [
        { name: 'spare', type: 'NUMBER', default: 1, archived: true },
        { name: 'next', type: 'NUMBER', default: 1 },
      ],
    },
    wants: { keys: [{ name: 'spare', type: 'NUMBER', default: 1 }] },
    limits: { keys: 3 },
    found: ['RestoreKey', [['archived', true, false]], /raise the limit/],
  },
  {
    what: 'more running experiments than may run',
    has: { experiments: [experiment(RUNNING)] },
    wants: { experiments: [experiment(RUNNING, 'Second')] },
    limits: { runningExperiments: 1 },
    found: ['StartExperiment', [['status', 'DRAFT', 'RUNNING']], /Stop or roll out a running experiment/],
  },
];

function three() {
  return [...variants(25), { name: 'Third', weight: 0, values: { size: 7 } }];
}

test.each(CASES)('an obstacle says which field cannot become what, and the way out: $what', ({ has, wants, prune, limits, found }) => {
  const ledger = Ledger.started(limits);
  applied(ledger, file(BASE));
  if (has) applied(ledger, file(has));
  const { obstacles } = planFor(ledger, file(wants), prune);
  const [command, changes, wayOut] = found;
  expect(
    obstacles.map(({ command, conflict: { before, after } }) => [
      command,
      differences(before, after).map(({ path, before, after }) => [path, before, after]),
    ]),
  ).toEqual([[command, changes.map(([path, before, after]) => [path, before, after])]]);
  expect(obstacles[0]?.conflict.wayOut).toMatch(wayOut);
});
