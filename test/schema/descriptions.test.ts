import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  getNamedType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
} from 'graphql';
import { schemaText } from '../../schema/emit';

/** Everything a schema names that says nothing of itself. */
function undescribed(schema: GraphQLSchema): string[] {
  const found: string[] = [];
  const look = (name: string, { description }: { readonly description?: string | null }): void => {
    if (description === undefined || description === null || description.trim() === '') found.push(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
    look(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field);
        for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument);
      }
    }
  }
  return found;
}

test('every type, field, argument and enum value of the schema says what it is', () => {
  expect(undescribed(buildSchema(schemaText()))).toEqual([]);
});

test('what says nothing is found, whatever it is', () => {
  const silent = buildSchema(`
    type Query { a(b: Int, "Said." c: Kind): Thing "Said." d: Some, i(e: In): J }
    enum Kind { K } interface J { j: Int } type Thing implements J { j: Int } union Some = Thing input In { n: Int } scalar S
  `);
  expect(undescribed(silent).sort()).toEqual(
    'In In.n J J.j Kind Kind.K Query Query.a Query.a(b) Query.i Query.i(e) S Some Thing Thing.j'.split(' ').sort(),
  );
});

/** Texts that look like an enum, and why they are none. */
const TEXTS: { readonly [field: string]: string } = {
  'LedgerEvent.type': 'newer versions of the ledger add types, and what they wrote is read',
  'Parked.eventType': 'it may be of a newer version, which is why the project is parked',
  'ParkedProject.type': 'it may be of a newer version, which is why the project is parked',
  'TextPart.name': 'names of the app; the words in capitals are the values of its `kind`',
};

const NAMED =
  /^(?:status|state|kind|method|command|code|type|role|direction|measure|correction|guarded)$|(?:Type|Kind|Status|State|Method|Code)$/;
/** `HIGHER or LOWER`, `such as DRAFT`, `such as EditKey`; three words of one letter case alone, as in `catching-up, live, retrying`. */
const LISTED =
  /\b[A-Z]{3,}(?:_[A-Z]+)*,? (?:or|and)(?: an?)? [A-Z]{3,}\b|such as (?:[A-Z]{3,}|[A-Z][a-z]+[A-Z])|: [a-z-]+, [a-z-]+,? (?:or )?[a-z-]+\.$/;

/** Texts that clients would compare with fixed values, by their names or by what is said of them. */
function likeEnums(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__'))
    .filter((type) => isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))
    .flatMap((type) =>
      Object.values<GraphQLField<unknown, unknown> | GraphQLInputField>(type.getFields())
        .filter(({ type: of }) => getNamedType(of).name === 'String')
        .filter(({ name, description }) => NAMED.test(name) || LISTED.test(description ?? ''))
        .map(({ name }) => `${type.name}.${name}`),
    );
}

test('what has fixed values is an enum', () => {
  expect(likeEnums(buildSchema(schemaText())).sort()).toEqual(Object.keys(TEXTS).sort());
});

test('a text with fixed values is found by its name or by its description', () => {
  const texts = buildSchema(`
    type Query { status: String "HIGHER or LOWER." a: String "It, such as DRAFT." b: [String!] "Such is it: catching-up, live, retrying." c: String }
    type Step { "The command, such as EditSegment." d: String! parkedState: String kind: Kind name: String "SHA-256, in hexadecimal." e: String }
    input In { method: String } enum Kind { K }
  `);
  expect(likeEnums(texts).sort()).toEqual(['In.method', 'Query.a', 'Query.b', 'Query.c', 'Query.status', 'Step.d', 'Step.parkedState']);
});
