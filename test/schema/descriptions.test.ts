import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
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
