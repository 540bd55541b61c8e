const location = (city: string) => ({
  all: [
    { property: { name: 'device.model', operator: 'STARTS_WITH', value: 'iPhone' } },
    { property: { name: 'geo.country', operator: 'EQUALS', value: 'US' } },
    { property: { name: 'geo.city', operator: 'EQUALS', value: city } },
    { did: { event: 'Purchase', count: { atLeast: 3 }, window: { lastDays: 30 } } },
  ],
});

export const NEW_YORK = location('New York');
export const MIAMI = location('Miami');

/** Who uses it, where a refusal says so. */
export const archiveInUse = '... on InUse { usages { kind name status } }';

/** A mutation whose answer is read under the name `result`, with what every refusal has. */
export function create(mutation: string, input: string, selection: string): { readonly document: string } {
  return {
    document: `mutation Step($input: ${input}!) { result: ${mutation}(input: $input) { __typename ${selection} ... on Refusal { code message } } }`,
  };
}
