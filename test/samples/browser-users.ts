import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOT_TAKEN, take } from '../../src/evaluation/assignment';
import { serve } from '../../src/evaluation/serving';
import { rulesetOf, subjectOf } from '../evaluation/played';
import { Ledger } from '../fixtures/ledger';
import { readDocument } from '../../src/setup/document';
import { gives, takes, type Browser, type Published } from './published';

/* Users of the browser, by what the carried catalogue serves them, and by what the studies say that were published. */

const SAMPLE = join(__dirname, '../../samples/browser-studies');
const read = (name: string): string => readFileSync(join(SAMPLE, name), 'utf8');
const studies = JSON.parse(read('studies.json')) as readonly Published[];

/** Whole numbers below a limit, the same ones for the same seed (mulberry32). */
function numbersOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Versions around those that the studies name, and others; any channel, platform and country. */
function randomBrowser(below: (limit: number) => number): Browser {
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const { min_version: from, max_version: to } = pick(studies).filter as { min_version?: string; max_version?: string };
  const named = (pick([from, to]) ?? '140').replace('.*', '').split('.').map(Number);
  const near = named.map((number, at) => (at === named.length - 1 ? Math.max(0, number + below(3) - 1) : number));
  const version = below(4) === 0 ? [100 + below(60), 1, below(99), below(200)] : [...near, ...(below(2) === 0 ? [below(100)] : [])];
  return {
    channel: pick(['NIGHTLY', 'BETA', 'RELEASE']),
    platform: pick(['WINDOWS', 'MAC', 'LINUX', 'ANDROID', 'IOS']),
    country: pick(['JP', 'DE', 'FR', 'US', 'AT', 'ES', 'MX', 'BR', 'AR', 'IN', 'CA', 'GB']),
    version: version.join('.'),
  };
}

export interface Compared {
  /** Each thing that is not as the studies say, with the user. */
  readonly differences: readonly string[];
  /** Values that a study gave to a user, by rows of flags and configs. */
  readonly rolledOut: number;
  /** Users by study that gives them different things, and by variant, both by name. */
  readonly variants: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** A parameter is named after its feature in the catalogue, and by its own name in the studies. */
const publishedName = (key: string): string => (/^[^.]+\.(?=.)/.test(key) ? key.replace(/^[^.]*\./, '') : key);

/** What the one variant gives that has all the weight; undefined: it is for a part, or a test. Some of these have the name of another study. */
function rollOutOf({ experiment }: Published): Readonly<Record<string, string>> | undefined {
  const sole = experiment.find(({ probability_weight }) => probability_weight === 100);
  const given = sole === undefined ? {} : gives(sole);
  return Object.keys(given).length === 0 ? undefined : given;
}

/** The one key that the one variant gives that gives anything; undefined: it is a test. */
function partOf({ experiment }: Published) {
  const weighed = experiment.filter(({ probability_weight }) => probability_weight > 0);
  const [row, ...more] = weighed.filter((variant) => Object.keys(gives(variant)).length > 0);
  const [given, ...others] = Object.entries(row ? gives(row) : {});
  if (row === undefined || given === undefined || more.length + others.length > 0) return undefined;
  const [key, value] = given;
  return { key, value, given: row.name, others: weighed.find((variant) => variant !== row)!.name };
}

/** Evaluates so many users of one seed both ways. */
export function compareUsers(count: number, seed: number): Compared {
  const document = readDocument(read('setup.yaml'));
  if ('errors' in document) throw new Error(JSON.stringify(document.errors));
  const ledger = Ledger.started();
  ledger.accept({ type: 'ApplySetup', setup: document.content, prune: true });
  const ruleset = rulesetOf(ledger);
  const differences: string[] = [];
  const variants = new Map<string, Map<string, number>>();
  let rolledOut = 0;
  const below = numbersOf(seed);
  for (let number = 0; number < count; number += 1) {
    const browser = randomBrowser(below);
    const { channel, platform, country, version } = browser;
    const properties = { 'app.channel': channel, 'device.os': platform, 'geo.country': country, 'app.version': version };
    const subject = subjectOf({ userId: `user-${seed}-${number}`, properties });
    const taking = take(ruleset, subject);
    const about = JSON.stringify([subject.userId, browser]);
    const expected = new Map<string, string>();
    for (const study of studies) {
      const isTaken = takes(study, browser);
      const forEverybody = rollOutOf(study);
      if (forEverybody !== undefined) {
        if (isTaken) for (const [name, value] of Object.entries(forEverybody)) expected.set(name, value);
        continue;
      }
      const count = (variant: string): void => {
        const counts = variants.get(study.name) ?? new Map<string, number>();
        variants.set(study.name, counts.set(variant, (counts.get(variant) ?? 0) + 1));
      };
      const part = partOf(study);
      if (part !== undefined) {
        if (!isTaken) continue;
        const { source } = serve(ruleset, ruleset.keys.get(part.key)!, subject, taking);
        count(source === 'flag' ? part.given : part.others);
        if (source === 'flag') expected.set(part.key, part.value);
        continue;
      }
      const running = ruleset.running.findIndex(({ from }) => from.name === study.name);
      // A test in draft gives no user anything.
      if (running === -1) continue;
      const variant = taking.variants[running] ?? NOT_TAKEN;
      if (isTaken !== (variant !== NOT_TAKEN)) differences.push(`${study.name}: ${isTaken ? 'takes' : 'does not take'} ${about}`);
      if (variant === NOT_TAKEN) continue;
      const { name } = ruleset.running[running]!.from.variants[variant]!;
      count(name);
      const published = study.experiment.find((one) => one.name === name);
      for (const [key, value] of Object.entries(published === undefined ? {} : gives(published))) expected.set(key, value);
    }
    for (const key of ruleset.keys.values()) {
      const { value, source } = serve(ruleset, key, subject, taking);
      const wanted = expected.get(publishedName(key.name));
      const served = source === 'default' ? undefined : String(value);
      if (source === 'config' || source === 'flag') rolledOut += 1;
      if (served !== wanted) differences.push(`${key.name}: serves ${served}, and the studies say ${wanted}: ${about}`);
    }
  }
  return { differences, rolledOut, variants };
}

/** The variants whose part of a test's users is not the published share: six standard deviations leave room for whatever the users are. */
export function wrongShares({ variants }: Compared): readonly string[] {
  return [...variants].flatMap(([name, counts]) => {
    const users = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const { experiment } = studies.find((study) => study.name === name && rollOutOf(study) === undefined)!;
    const whole = experiment.reduce((sum, { probability_weight }) => sum + probability_weight, 0);
    return experiment.flatMap((variant) => {
      const share = variant.probability_weight / whole;
      const count = counts.get(variant.name) ?? 0;
      const isRight = Math.abs(count - users * share) <= 6 * Math.sqrt(users * share * (1 - share));
      return isRight ? [] : [`${name}, ${variant.name}: ${count} of ${users} users, and the share is ${share}`];
    });
  });
}
