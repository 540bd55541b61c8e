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
  const args = field.args.filter((argument) => isRequiredArgument(argument) || argument.name === 'id');
  const id = idOf(field.name, projectId);
  const variables = Object.fromEntries(args.map(({ name, type }) => [name, minimalValue(name, type, { projectId, id })]));
  const declared = args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const given = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  const call = `{ ${field.name}${given === '' ? '' : `(${given})`}${selection} }`;
  return { document: `${kind}${declared === '' ? '' : ` (${declared})`} ${call}`, variables };
}

/** Of a thing of the kind that the operation is about, whether there is one or not. */
function idOf(operation: string, projectId: string): string {
  if (operation === 'project' || operation === 'node') return projectId;
  if (/exclusivity$/i.test(operation)) return `${projectId}/exclusivity`;
  if (['reach', 'reachOfUsers', 'recordDecision'].includes(operation)) return `${projectId}/experiment/x`;
  const [kind = 'key'] = /(segment|goal|flag|config|experiment|holdout)/.exec(operation.toLowerCase()) ?? [];
  return `${projectId}/${kind}/x`;
}

interface Ids {
  readonly projectId: string;
  readonly id: string;
}

function minimalValue(name: string, required: GraphQLInputType, ids: Ids): unknown {
  const type = getNullableType(required);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  // The first of its members is a list, which must not be empty.
  if (type.name === 'RuleInput') return { property: { name: 'x', operator: 'EXISTS' } };
  // Its numbers must fit each other.
  if (type.name === 'SampleSizeInput') return { baseline: 0.1, relativeEffect: 0.1 };
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const taken = type.isOneOf ? fields.slice(0, 1) : fields.filter((field) => isRequiredInputField(field) || field.name === 'id');
    return Object.fromEntries(taken.map((field) => [field.name, minimalValue(field.name, field.type, ids)]));
  }
  if (name === 'projectId') return ids.projectId;
  if (name === 'id') return ids.id;
  if (name === 'session') return '*/session/x';
  if (name === 'actor') return '*/user/x';
  // The one that every project has.
  if (name === 'revision') return 0;
  switch (type.name) {
    case 'DateTime':
      return '2026-01-01T00:00:00.000Z';
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
