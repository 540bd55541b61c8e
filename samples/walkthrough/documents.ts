const iPhonesIn = (city: string) => [
  { property: { name: 'device.model', operator: 'STARTS_WITH', value: 'iPhone' } },
  { property: { name: 'geo.country', operator: 'EQUALS', value: 'US' } },
  { property: { name: 'geo.city', operator: 'EQUALS', value: city } },
];
const OFTEN = { did: { event: 'Purchase', count: { atLeast: 3 }, window: { lastDays: 30 } } };

/** Whether they buy or not. */
export const ALL_IN_NEW_YORK = { all: iPhonesIn('New York') };
export const NEW_YORK = { all: [...iPhonesIn('New York'), OFTEN] };
export const MIAMI = { all: [...iPhonesIn('Miami'), OFTEN] };

/** Who uses it, where a refusal says so. */
export const archiveInUse = '... on InUse { usages { kind name status } }';

/** A mutation whose answer is read under the name `result`, with what every refusal has. */
export function create(mutation: string, input: string, selection: string): { readonly document: string } {
  return {
    document: `mutation Step($input: ${input}!) { result: ${mutation}(input: $input) { __typename ${selection} ... on Refusal { code message } } }`,
  };
}
