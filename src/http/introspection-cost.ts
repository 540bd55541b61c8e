import {
  getArgumentValues,
  getIntrospectionQuery,
  getNamedType,
  isObjectType,
  Kind,
  parse,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/** The most that tools ask for. */
const WHOLE = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});
/** `__typename` with every object, which Apollo adds. */
const TYPENAMES = 4 / 3;
/** What the whole schema costs, as a part of all that a document may cost: each tool may ask for it once, and none twice. */
const SHARE_OF_WHOLE = 4 / 5;
const ROOTS: readonly GraphQLField<unknown, unknown>[] = [SchemaMetaFieldDef, TypeMetaFieldDef];

/** The fields that an introspection is answered with, and, by a document, what they cost. */
export class IntrospectionCost {
  private readonly perField: number;
  private readonly most: number;

  /** `limit`: what a document may cost. Whatever it is, the documents of tools are within it. */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limit: number,
  ) {
    const document = parse(WHOLE);
    const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    const [whole] = operation?.selectionSet.selections ?? [];
    this.most = Number.POSITIVE_INFINITY;
    const fields = new FieldCount(schema, document, {}, this.most).ofRoot(whole as FieldNode);
    this.perField = (SHARE_OF_WHOLE * limit) / (TYPENAMES * fields);
    this.most = limit / this.perField;
  }

  /**
   * What each `__schema` or `__type` of a document costs, counted exactly: the schema does not change. Answers undefined for a field that is neither.
   * All of a document are counted up to the limit together, so that a hundred of them take no longer than one.
   */
  counting(document: DocumentNode, variables: Readonly<Record<string, unknown>>): (node: FieldNode) => number | undefined {
    const count = new FieldCount(this.schema, document, variables, this.most);
    return (node) => {
      if (!ROOTS.some(({ name }) => name === node.name.value)) return undefined;
      const fields = count.ofRoot(node);
      return fields > this.most ? this.limit + 1 : Math.ceil(fields * this.perField);
    };
  }
}

/**
 * Resolves as execution would, by graphql-js' own resolvers, but each selection set only once for each part of the schema: so it takes no longer than the
 * text and the schema allow, however much the answer would be.
 */
class FieldCount {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  private readonly counted = new Map<SelectionSetNode, Map<unknown, number>>();
  private readonly argumentsOf = new Map<FieldNode, Record<string, unknown>>();
  private left: number;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Readonly<Record<string, unknown>>,
    private readonly most: number,
  ) {
    this.left = most;
    this.fragments = new Map(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
      ),
    );
  }

  /** More than the limit once all roots together are over it. */
  ofRoot(node: FieldNode): number {
    if (this.left < 0) return this.most + 1;
    const fields = this.ofField(ROOTS.find(({ name }) => name === node.name.value) as GraphQLField<unknown, unknown>, node, undefined);
    this.left -= fields;
    return this.left < 0 ? this.most + 1 : fields;
  }

  private ofField(field: GraphQLField<unknown, unknown>, node: FieldNode, source: unknown): number {
    const type = getNamedType(field.type);
    if (!isObjectType(type) || node.selectionSet === undefined) return 1;
    let args = this.argumentsOf.get(node);
    if (args === undefined) this.argumentsOf.set(node, (args = getArgumentValues(field, node, this.variables)));
    const value = field.resolve?.(source, args, undefined, {
      schema: this.schema,
    } as GraphQLResolveInfo);
    let count = 1;
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (item !== undefined && item !== null) count += this.ofSelection(node.selectionSet, type, item);
      if (count > this.left) break;
    }
    return count;
  }

  private ofSelection(set: SelectionSetNode, type: GraphQLObjectType, source: unknown): number {
    let bySource = this.counted.get(set);
    if (bySource === undefined) this.counted.set(set, (bySource = new Map<unknown, number>()));
    const known = bySource.get(source);
    if (known !== undefined) return known;
    let count = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const field = selection.name.value === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[selection.name.value];
        count += field === undefined ? 1 : this.ofField(field, selection, source);
      } else {
        const inside = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        count += inside === undefined ? 1 : this.ofSelection(inside.selectionSet, type, source);
      }
      if (count > this.left) break;
    }
    bySource.set(source, count);
    return count;
  }
}
