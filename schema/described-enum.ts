import { registerEnumType } from 'type-graphql';

/** An enum of the schema whose values are named as the code has them, each with its description. One that is missing does not compile. */
export function describedEnum<Name extends string>(name: string, description: string, values: Readonly<Record<Name, string>>) {
  const members = Object.fromEntries(Object.keys(values).map((value) => [value, value])) as { readonly [value in Name]: value };
  const valuesConfig = Object.fromEntries(Object.entries<string>(values).map(([value, text]) => [value, { description: text }]));
  registerEnumType(members, { name, description, valuesConfig: valuesConfig as { [value in Name]: { description: string } } });
  return members;
}
