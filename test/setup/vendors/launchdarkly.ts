import fc from 'fast-check';
import { launchdarkly } from '../../../src/setup/convert/launchdarkly';
import { STEPS, tests, type Numbers, type Test, type User, type Vendor } from './vendor';

interface Serve {
  /** A variation, or weights in tenths, which may sum short or over. */
  readonly serve: number | readonly number[];
  readonly seed: number | undefined;
}
interface Rule extends Serve {
  readonly tests: readonly Test[];
  readonly disabled: boolean;
}

const ALL = 100_000;
const serves = fc.record<Serve>({
  serve: fc.oneof(fc.integer({ min: 0, max: 2 }), fc.array(fc.integer({ min: 0, max: STEPS }), { minLength: 1, maxLength: 3 })),
  seed: fc.constantFrom(undefined, undefined, 7),
});
const rules = fc
  .tuple(serves, fc.array(tests, { minLength: 1, maxLength: 2 }), fc.boolean(), fc.boolean())
  .map(([serve, all, disabled, also]): Rule => ({ ...serve, tests: all, disabled: disabled && also }));
const variations = fc.integer({ min: 0, max: 2 });
const cases = fc.record({
  rules: fc.array(rules, { maxLength: 4 }),
  fallthrough: serves,
  user: fc.option(variations, { nil: undefined }),
  company: fc.option(variations, { nil: undefined }),
  userFirst: fc.boolean(),
});

function outcome({ serve, seed }: Serve): object {
  if (typeof serve === 'number') return { variation: serve };
  const all = serve.map((step, variation) => ({ variation, weight: (step * ALL) / STEPS }));
  return { rollout: { variations: all, ...(seed === undefined ? {} : { seed }) } };
}

const clause = ({ property, values, not }: Test): object => ({ attribute: property, op: 'in', values, negate: not });

const meets = (user: User, { property, values, not }: Test): boolean => {
  const value = user[property];
  return value !== undefined && values.includes(value) !== not;
};

/** The first whose weights reach beyond the number, else the last. */
function served({ serve, seed }: Serve, numbers: Numbers): number {
  if (typeof serve === 'number') return serve;
  let before = 0;
  const found = serve.findIndex((step) => numbers(`${seed}`) < (before += step / STEPS));
  return found < 0 ? serve.length - 1 : found;
}

/** All users of the test have the id "u" and, where they have an `a`, it is their company's key. */
export const vendor: Vendor = {
  converter: launchdarkly,
  flags: cases.map(({ rules: all, fallthrough, user, company, userFirst }) => {
    const targets = user === undefined ? [] : [{ values: ['u'], variation: user }];
    const users = user === undefined ? [] : [{ values: [], variation: user, contextKind: 'user' }];
    const companies = company === undefined ? [] : [{ values: ['x'], variation: company, contextKind: 'company' }];
    return {
      source: {
        key: 'f',
        variations: [{ value: 'v0' }, { value: 'v1' }, { value: 'v2' }],
        environments: {
          production: {
            on: true,
            offVariation: 0,
            targets,
            contextTargets: companies.length === 0 ? [] : userFirst ? [...users, ...companies] : [...companies, ...users],
            rules: all.map((rule) => ({ clauses: rule.tests.map(clause), ...outcome(rule), disabled: rule.disabled })),
            fallthrough: outcome(fallthrough),
          },
        },
      },
      evaluate: (one, numbers) => {
        const ofUser = user;
        const ofCompany = one['a'] === 'x' ? company : undefined;
        const target = userFirst ? (ofUser ?? ofCompany) : (ofCompany ?? ofUser);
        if (target !== undefined) return `v${target}`;
        const rule = all.find((candidate) => !candidate.disabled && candidate.tests.every((test) => meets(one, test)));
        return `v${served(rule ?? fallthrough, numbers)}`;
      },
    };
  }),
  deciding: (source: {
    environments: {
      production: { rules: { clauses: object[]; rollout?: object; disabled?: boolean }[]; fallthrough: object; targets: object[] };
    };
  }) => {
    const { production } = source.environments;
    return [
      source,
      production,
      production.fallthrough,
      ...production.targets,
      ...production.rules
        .filter(({ disabled }) => disabled !== true)
        .flatMap((rule) => [rule, ...rule.clauses, ...(rule.rollout === undefined ? [] : [rule.rollout])]),
    ];
  },
};
