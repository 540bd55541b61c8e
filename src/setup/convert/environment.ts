import type { Problem } from '../../domain/refusal';
import { excerpt } from '../../domain/text';
import type { Draft } from './draft';

/** The environment that is carried: the one asked for, else production, else the first by name. That others are left out is noted. */
export function chooseEnvironment(
  draft: Draft,
  named: readonly (string | undefined)[],
  asked: string | undefined,
): string | undefined | Problem {
  const environments = [...new Set(named.filter((one) => one !== undefined))].sort();
  if (asked !== undefined && !environments.includes(asked)) {
    return {
      path: '',
      message: `there is no environment "${excerpt(asked)}": choose one of ${environments.map((one) => excerpt(one)).join(', ')}`,
    };
  }
  const chosen = asked ?? environments.find((one) => one === 'production') ?? environments[0];
  const others = environments.filter((one) => one !== chosen).map((one) => excerpt(one));
  if (others.length > 0) {
    draft.note('', `the environment "${chosen}" is carried; left out: ${others.join(', ')}. A project here is one environment`);
  }
  return chosen;
}
