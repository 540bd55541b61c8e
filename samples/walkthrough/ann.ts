import { bucketOf, salts, seedOf } from '../../src/evaluation/bucket';
import type { IdOf, Result } from './play';

/* Ann, who has an iPhone and lives in New York, and what she is asked about. */

const HALF = 5_000;

/** The samples of a test are drawn by its id, which is a new one each time: so this is a user whom its traffic has, and its second variant. */
export function ann(id: IdOf): string {
  const experiment = id('experiment').split('/').at(-1)!;
  for (let number = 1; ; number += 1) {
    const user = `ann-${number}`;
    const isIn = bucketOf(user, seedOf(salts.traffic(experiment))) < HALF;
    if (isIn && bucketOf(user, seedOf(salts.variant(experiment))) >= HALF) return user;
  }
}

const PROPERTIES = { device: { model: 'iPhone 17' }, geo: { country: 'US', city: 'New York' } };

/** As a query takes her. */
export const asUser = (id: IdOf) => ({ user: { id: ann(id), properties: PROPERTIES } });

/** As an app asks for her values. */
export const asContext = (id: IdOf) => ({ context: { targetingKey: ann(id), ...PROPERTIES } });

export const purchases = (id: IdOf) => ({
  events: [1, 2, 3].map((number) => ({ id: `order-${number}`, user: ann(id), event: 'Purchase', properties: { price: 10 + number } })),
});

interface Finding {
  readonly text: string;
  readonly instead: string | null;
}

interface Explained {
  readonly value: unknown;
  readonly steps: readonly {
    readonly source: string;
    readonly name: string | null;
    readonly serves: boolean;
    readonly why: string;
    readonly audience: readonly Finding[];
  }[];
}

export const WHY = `query Why($projectId: ID!, $user: EvaluatedUserInput!) {
  result: evaluate(projectId: $projectId, user: $user, keys: ["dark_mode"]) {
    keys { value steps { source name serves why audience { text instead } } } } }`;

const explained = ({ keys }: Result): Explained => (keys as readonly [Explained])[0];

/** Whether nothing that it says rests on behaviour which is not counted whole yet. */
export const isCounted = (result: Result): boolean =>
  explained(result).steps.every(({ audience }) => audience.every(({ instead }) => !/count(ed|ing)/.test(instead ?? '')));

/** The value, what gives it, and the conditions for which others before did not. */
export function whyInWords(result: Result): string {
  const { value, steps } = explained(result);
  const words = steps.map(({ source, name, serves, why, audience }) => {
    const missed = audience.flatMap(({ text, instead }) => (instead === null ? [] : [`${text}: ${instead}`]));
    const given = serves
      ? `dark_mode = ${String(value)}, by ${source.toLowerCase()} "${name}": `
      : `not by ${source.toLowerCase()} "${name}": `;
    return `${given}${why}${missed.length === 0 ? '' : ` (${missed.join('; ')})`}`;
  });
  return words.reverse().join('\n    ');
}

export const TESTS = `query Tests($projectId: ID!, $user: EvaluatedUserInput!) {
  result: experimentsOf(projectId: $projectId, user: $user) { experiments { name standing variant why } } }`;

export function testsInWords({ experiments }: Result): string {
  const standings = experiments as readonly { readonly name: string; readonly standing: string; readonly why: string }[];
  return standings.map(({ name, standing, why }) => `${standing === 'ASSIGNED' ? 'in' : 'not in'} "${name}": ${why}`).join('\n    ');
}
