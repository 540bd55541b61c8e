import fc from 'fast-check';
import { firebase } from '../../../src/setup/convert/firebase';
import { percentages, tests, type Numbers, type Test, type User, type Vendor } from './vendor';

interface Percent {
  readonly seed: string | undefined;
  readonly from: number;
  readonly to: number;
}

const percents = fc.record<Percent>({ seed: fc.constantFrom(undefined, undefined, 's'), from: percentages, to: percentages });
const conditions = fc.record({
  tests: fc.array(tests, { maxLength: 2 }),
  percents: fc.array(percents, { maxLength: 2 }),
  rollout: fc.option(fc.record({ id: fc.constantFrom('r1', 'r2'), percent: percentages }), { nil: undefined, freq: 4 }),
});

function term({ property, values, not }: Test): string {
  const element = `app.userProperty['${property}']`;
  const [value] = values;
  if (not) return `${element}.notContains([${values.map((one) => `'${one}'`).join(', ')}])`;
  return values.length === 1 ? `${element} == '${value}'` : `${element} in [${values.map((one) => `"${one}"`).join(', ')}]`;
}

function draw({ seed, from, to }: Percent): string {
  const percent = seed === undefined ? 'percent' : `percent('${seed}')`;
  if (from === 0) return `${percent} <= ${to}`;
  return to === 100 ? `${percent} > ${from}` : `${percent} between ${from} and ${to}`;
}

/** A missing property meets no test, not even one for its absence of a value. */
const meets = (user: User, { property, values, not }: Test): boolean => {
  const value = user[property];
  return value !== undefined && values.includes(value) !== not;
};
const isDrawn = (numbers: Numbers, { seed, from, to }: Percent): boolean => {
  const percent = numbers(`percent ${seed}`) * 100;
  return percent > from && percent <= to;
};

export const vendor: Vendor = {
  converter: firebase,
  flags: fc.array(conditions, { minLength: 1, maxLength: 5 }).map((all) => ({
    source: {
      conditions: all.map((one, index) => ({
        name: `c${index}`,
        expression: [...one.tests.map(term), ...one.percents.map(draw)].join(' && ') || 'true',
      })),
      parameters: {
        f: {
          defaultValue: { value: 'none' },
          conditionalValues: Object.fromEntries(
            all.map(({ rollout }, index) => [
              `c${index}`,
              rollout === undefined
                ? { value: `v${index}` }
                : { rolloutValue: { rolloutId: rollout.id, value: `v${index}`, percent: rollout.percent } },
            ]),
          ),
        },
      },
    },
    evaluate: (user, numbers) => {
      const index = all.findIndex(
        (one) =>
          one.tests.every((test) => meets(user, test)) &&
          one.percents.every((percent) => isDrawn(numbers, percent)) &&
          (one.rollout === undefined || numbers(`rollout ${one.rollout.id}`) * 100 <= one.rollout.percent),
      );
      return index < 0 ? 'none' : `v${index}`;
    },
  })),
  deciding: (source: { conditions: object[]; parameters: { f: { conditionalValues: Record<string, object>; defaultValue: object } } }) => [
    source,
    ...source.conditions,
    source.parameters.f,
    source.parameters.f.defaultValue,
    ...Object.values(source.parameters.f.conditionalValues),
  ],
};
