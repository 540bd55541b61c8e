import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLField,
  type GraphQLInputType,
} from 'graphql';

export interface Request {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The least that the operation takes, made from the schema alone, so that an operation that is new tomorrow can be asked today. */
export function minimalRequest(kind: 'query' | 'mutation', field: GraphQLField<unknown, unknown>, projectId: string): Request {
  const args = field.args.filter(isRequiredArgument);
  const variables = Object.fromEntries(args.map(({ name, type }) => [name, minimalValue(name, type, projectId)]));
  // Of all operations, only `project` calls a project's id `id`.
  if (field.name === 'project') variables['id'] = projectId;
  const declared = args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const given = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  const call = `{ ${field.name}${given === '' ? '' : `(${given})`}${selection} }`;
  return { document: `${kind}${declared === '' ? '' : ` (${declared})`} ${call}`, variables };
}

function minimalValue(name: string, required: GraphQLInputType, projectId: string): unknown {
  const type = getNullableType(required);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  // The first of its members is a list, which must not be empty.
  if (type.name === 'RuleInput') return { property: { name: 'x', operator: 'EXISTS' } };
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const taken = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
    return Object.fromEntries(taken.map((field) => [field.name, minimalValue(field.name, field.type, projectId)]));
  }
  if (name === 'projectId') return projectId;
  // The one that every project has.
  if (name === 'revision') return 0;
  switch (type.name) {
    case 'Int':
    case 'Float':
    case 'Percent':
      return 1;
    case 'Boolean':
      return true;
    case 'ID':
    case 'String':
    case 'JSON':
      return 'x';
    default:
      throw new Error(`say here what the least ${type.name} is, for ${name}`);
  }
}
