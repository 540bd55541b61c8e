import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Measured } from './measure';
import { CONTEXTS, COUNTRIES, keyName } from './project';

const LISTED = join(__dirname, 'peers');
/** Where they are installed: among what is no source of this project, so that no check of it reads them. */
const FOLDER = join(__dirname, '../../node_modules/.cache/evaluation-peers');
const FILES = ['package.json', 'package-lock.json'];
/** An address at which nothing listens: the peers that would poll a server evaluate what they are given. */
const NOWHERE = 'http://127.0.0.1:9';

/**
 * Evaluators of other products, in process, each with the same number of flags of the same rule and the same users: three conditions, and
 * half of those who meet them. The package manager installs them into a folder of their own.
 */
export async function peers(flags: number): Promise<readonly Measured[]> {
  const isInstalled = FILES.every(
    (name) => existsSync(join(FOLDER, name)) && readFileSync(join(FOLDER, name)).equals(readFileSync(join(LISTED, name))),
  );
  if (!isInstalled || !existsSync(join(FOLDER, 'node_modules'))) {
    mkdirSync(FOLDER, { recursive: true });
    for (const name of FILES) copyFileSync(join(LISTED, name), join(FOLDER, name));
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: 'inherit' });
  }
  const load = createRequire(join(FOLDER, 'package.json'));
  const numbers = Array.from({ length: flags }, (_, number) => number);
  return [flagd(load, numbers), growthbook(load, numbers), await unleash(load, numbers), await launchDarkly(load, numbers)];
}

/** Each context in turn; the sum is of those who get the feature, about half. */
const through = (name: string, isOn: (index: number) => boolean): Measured => ({
  name,
  run: (times) => {
    let on = 0;
    for (let time = 0; time < times; time += 1) if (isOn(time % CONTEXTS.length)) on += 1;
    return on;
  },
});

/** Refuses a set-up that does not give about half of the users the feature: it would be compared with something else. */
function checked(measured: Measured): Measured {
  const on = Number(measured.run(CONTEXTS.length));
  if (on < 400 || on > 600)
    throw new Error(`${measured.name} gives the feature to ${on} of ${CONTEXTS.length} users, not to half of them.`);
  return measured;
}

function flagd(load: NodeJS.Require, numbers: readonly number[]): Measured {
  const { FlagdCore } = load('@openfeature/flagd-core') as { FlagdCore: new () => FlagdCoreLike };
  const conditions = [{ in: [{ var: 'country' }, COUNTRIES] }, { '==': [{ var: 'plan' }, 'pro'] }, { '>=': [{ var: 'age' }, 18] }];
  const half = { fractional: [{ var: 'targetingKey' }, ['on', 50], ['off', 50]] };
  const flag = {
    state: 'ENABLED',
    variants: { on: true, off: false },
    defaultVariant: 'off',
    targeting: { if: [{ and: conditions }, half, 'off'] },
  };
  const core = new FlagdCore();
  core.setConfigurations(JSON.stringify({ flags: Object.fromEntries(numbers.map((number) => [keyName(number), flag])) }));
  return checked(through('flagd-core', (index) => core.resolveBooleanEvaluation(keyName(0), false, CONTEXTS[index]).value));
}

function growthbook(load: NodeJS.Require, numbers: readonly number[]): Measured {
  const { GrowthBookClient } = load('@growthbook/growthbook') as { GrowthBookClient: new () => GrowthBookLike };
  const condition = { country: { $in: COUNTRIES }, plan: 'pro', age: { $gte: 18 } };
  const rules = [{ condition, force: true, coverage: 0.5, hashAttribute: 'targetingKey' }];
  const features = Object.fromEntries(numbers.map((number) => [keyName(number), { defaultValue: false, rules }]));
  const client = new GrowthBookClient();
  client.initSync({ payload: { features } });
  return checked(through('growthbook', (index) => client.isOn(keyName(0), { attributes: CONTEXTS[index] })));
}

async function unleash(load: NodeJS.Require, numbers: readonly number[]): Promise<Measured> {
  const { Unleash } = load('unleash-client') as { Unleash: new (options: object) => UnleashLike };
  const constraints = [
    { contextName: 'country', operator: 'IN', values: COUNTRIES },
    { contextName: 'plan', operator: 'IN', values: ['pro'] },
    { contextName: 'age', operator: 'NUM_GTE', value: '18' },
  ];
  const strategies = [{ name: 'flexibleRollout', parameters: { rollout: '50', stickiness: 'userId', groupId: 'a' }, constraints }];
  const data = numbers.map((number) => ({ name: keyName(number), enabled: true, type: 'release', strategies }));
  const options = { appName: 'bench', url: NOWHERE, refreshInterval: 0, disableMetrics: true, skipInstanceCountWarning: true };
  const client = new Unleash({ ...options, bootstrap: { data } });
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => client.once('ready', () => resolve()));
  const contexts = CONTEXTS.map(({ targetingKey, ...properties }) => ({ userId: targetingKey, properties }));
  return checked(through('unleash-client', (index) => client.isEnabled(keyName(0), contexts[index]!)));
}

async function launchDarkly(load: NodeJS.Require, numbers: readonly number[]): Promise<Measured> {
  const { init, integrations } = load('@launchdarkly/node-server-sdk') as LaunchDarklyLike;
  const clause = (attribute: string, op: string, values: readonly unknown[]) => ({
    contextKind: 'user',
    attribute,
    op,
    values,
    negate: false,
  });
  const source = new integrations.TestData();
  const rollout = { contextKind: 'user', variations: [0, 1].map((variation) => ({ variation, weight: 50_000 })) };
  const clauses = [clause('country', 'in', COUNTRIES), clause('plan', 'in', ['pro']), clause('age', 'greaterThanOrEqual', [18])];
  for (const number of numbers) {
    const rules = [{ id: 'r1', clauses, rollout }];
    const rest = { salt: 's', fallthrough: { variation: 1 }, offVariation: 1, targets: [], contextTargets: [], prerequisites: [] };
    source.usePreconfiguredFlag({ key: keyName(number), version: 1, on: true, variations: [true, false], rules, ...rest });
  }
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const client = init('sdk-key', { updateProcessor: source.getFactory(), sendEvents: false, diagnosticOptOut: true, logger: silent });
  await client.waitForInitialization({ timeout: 10 });
  const contexts = CONTEXTS.map(({ targetingKey, ...properties }) => ({ kind: 'user', key: targetingKey, ...properties }));
  let on = 0;
  const count = (_error: unknown, value: boolean) => void (on += value ? 1 : 0);
  // Its answers are promises or callbacks; the callback is called in the same turn, without the cost of a promise.
  return {
    name: 'launchdarkly-node',
    run: (times) => {
      for (let time = 0; time < times; time += 1) void client.variation(keyName(0), contexts[time % contexts.length]!, false, count);
      return on;
    },
  };
}

interface FlagdCoreLike {
  setConfigurations(json: string): unknown;
  resolveBooleanEvaluation(key: string, fallback: boolean, context: unknown): { readonly value: boolean };
}
interface GrowthBookLike {
  initSync(options: object): unknown;
  isOn(key: string, context: object): boolean;
}
interface UnleashLike {
  on(event: 'error', listener: () => void): void;
  once(event: 'ready', listener: () => void): void;
  isEnabled(key: string, context: object): boolean;
  destroy(): void;
}
interface LaunchDarklyLike {
  readonly init: (
    key: string,
    options: object,
  ) => {
    waitForInitialization(options: object): Promise<unknown>;
    variation(key: string, context: object, fallback: boolean, callback: (error: unknown, value: boolean) => void): unknown;
  };
  readonly integrations: { readonly TestData: new () => { usePreconfiguredFlag(flag: object): unknown; getFactory(): unknown } };
}
