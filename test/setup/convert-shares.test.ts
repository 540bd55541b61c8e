import fc from 'fast-check';
import { canonical, type Json } from '../../src/domain/json';
import type { PropertyCondition, Rule } from '../../src/domain/rule';
import type { SetupFile } from '../../src/setup/file';
import { converting } from './converting';
import { vendor as firebase } from './vendors/firebase';
import { vendor as flagd } from './vendors/flagd';
import { vendor as launchdarkly } from './vendors/launchdarkly';
import { vendor as unleash } from './vendors/unleash';
import { STEPS, USERS, type User, type Vendor, type VendorFlag } from './vendors/vendor';

const vendors: readonly Vendor[] = [firebase, flagd, launchdarkly, unleash];

type Shares = ReadonlyMap<string, number>;

/** The share of each value among users of one kind, by trying every number for every seed that the vendor asks for. */
function sharesOf({ evaluate }: VendorFlag, user: User): Shares {
  const shares = new Map<string, number>();
  const tryAll = (known: ReadonlyMap<string, number>): void => {
    const asked: string[] = [];
    const value = evaluate(user, (seed) => {
      if (!known.has(seed)) asked.push(seed);
      return known.get(seed) ?? 0.5 / STEPS;
    });
    const [seed] = asked;
    if (seed === undefined) add(shares, value, STEPS ** -known.size);
    else for (let step = 0; step < STEPS; step += 1) tryAll(new Map([...known, [seed, (step + 0.5) / STEPS]]));
  };
  tryAll(new Map());
  return shares;
}

/** The share that the rows of the file give each value: each row takes its part of those whom the rows before it missed. */
function givenBy(file: SetupFile, user: User): Shares {
  const shares = new Map<string, number>();
  let left = 1;
  for (const { segment, percentage, value } of file.flags?.[0]?.rows ?? []) {
    const rule = file.segments?.find(({ name }) => name === segment)?.rule;
    if (segment !== null && !holds(rule, user)) continue;
    add(shares, value, (left * percentage) / 10_000);
    left *= 1 - percentage / 10_000;
  }
  add(shares, file.keys?.[0]?.default ?? null, left);
  return shares;
}

function add(shares: Map<string, number>, value: Json, part: number): void {
  shares.set(canonical(value), (shares.get(canonical(value)) ?? 0) + part);
}

function holds(rule: Rule | undefined, user: User): boolean {
  if (rule === undefined) throw new Error('A row is for a segment that the file does not have.');
  if ('all' in rule) return rule.all.every((one) => holds(one, user));
  if ('any' in rule) return rule.any.some((one) => holds(one, user));
  if ('not' in rule) return !holds(rule.not, user);
  if ('property' in rule) return matches(rule.property, user);
  throw new Error('No source of these tests is about what users did.');
}

function matches({ name, operator, value, values = [] }: PropertyCondition, user: User): boolean {
  const known: { readonly [property: string]: string | undefined } = { ...user, targetingKey: user['id'], 'company.key': user['a'] };
  const actual = known[name];
  if (actual === undefined) return false;
  const says = { EXISTS: true, EQUALS: actual === value, IN: values.includes(actual), CONTAINS: actual.includes(String(value)) };
  if (operator in says) return says[operator as keyof typeof says];
  throw new Error(`These tests do not know ${operator}.`);
}

test.each(vendors.map((vendor) => [vendor.converter.product, vendor] as const))(
  '%s: each kind of users gets the shares that the vendor gives them, or the flag is a draft with a note',
  (_, { converter, flags }) => {
    let [live, all] = [0, 0];
    fc.assert(
      fc.property(flags, (flag) => {
        const { file, notes } = converting(converter, flag.source as object);
        all += 1;
        if (file.flags?.[0]?.status === 'DRAFT') return expect(notes.join('\n')).toMatch(/is left out|has a share of less than/);
        live += 1;
        for (const user of USERS) {
          const given = givenBy(file, user);
          // Rows are rounded to basis points.
          for (const [value, share] of sharesOf(flag, user))
            expect([user, value, given.get(value) ?? 0]).toEqual([user, value, closeTo(share)]);
        }
      }),
      { numRuns: 80 },
    );
    expect(live / all).toBeGreaterThan(0.8);
  },
);

const closeTo = (share: number): unknown => expect.closeTo(share, 3);

test.each(vendors.map((vendor) => [vendor.converter.product, vendor] as const))(
  '%s: a member that is not known makes a draft, wherever it decides',
  (_, { converter, flags, deciding }) => {
    fc.assert(
      fc.property(flags, fc.nat(), (flag, place) => {
        const source = structuredClone(flag.source) as never;
        const objects = deciding(source);
        Object.assign(objects[place % objects.length] ?? {}, { holdback: { percent: 5 } });
        const converted = converter.convert(JSON.stringify(source));
        if ('file' in converted) expect(converted.file.flags?.map(({ status }) => status)).toEqual(['DRAFT']);
      }),
      { numRuns: 50 },
    );
  },
);
