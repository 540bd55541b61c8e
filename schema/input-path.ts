import { Preview } from './outcome';
import type { ShownRefusal } from './shown-refusal';

/** Where the API and the domain name the same input differently: what the domain's path looks like, and what it is in the API. */
export type InputNames = readonly (readonly [domain: RegExp, api: string])[];

/** The answer of a command, with the problems of a refusal at the paths of the input that the client sent. */
export async function atInputPaths<A extends object>(answer: Promise<A | ShownRefusal>, names: InputNames): Promise<A | ShownRefusal> {
  const given = await answer;
  if (given instanceof Preview && given.wouldRefuse) given.wouldRefuse = inInput(given.wouldRefuse, names);
  return inInput(given, names);
}

function inInput<A extends object>(given: A | ShownRefusal, names: InputNames): A | ShownRefusal {
  if (!isInvalid(given)) return given;
  const problems = given.problems.map((problem) => ({ ...problem, path: inApi(problem.path, names) }));
  // It begins with the place of the first.
  return { ...given, message: given.message.replace(given.problems[0]?.path ?? '', problems[0]?.path ?? ''), problems };
}

const isInvalid = (answer: object): answer is Extract<ShownRefusal, { code: 'INVALID_INPUT' }> =>
  'code' in answer && answer.code === 'INVALID_INPUT';

/** A path of the domain, as the input has it. */
export const inApi = (path: string, names: InputNames): string => names.reduce((named, [domain, api]) => named.replace(domain, api), path);
