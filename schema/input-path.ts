import { invalid } from '../src/domain/refusal';
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
  return invalid(...given.problems.map(({ path, message }) => ({ path: inApi(path, names), message })));
}

const isInvalid = (answer: object): answer is Extract<ShownRefusal, { code: 'INVALID_INPUT' }> =>
  'code' in answer && answer.code === 'INVALID_INPUT';

const inApi = (path: string, names: InputNames): string => names.reduce((named, [domain, api]) => named.replace(domain, api), path);
