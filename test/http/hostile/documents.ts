import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
} from 'graphql';
import type { Random } from './random';
import { literalOf, valueOf } from './values';

/** As it is published, which a test holds to what is served: to load the product for it takes as long as a thousand requests. */
const schema = buildSchema(readFileSync(join(__dirname, '../../../schema/schema.graphql'), 'utf8'));

export interface Document {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An operation over the real schema with about so many fields: some by fragments, some under aliases, arguments as literals or as variables. */
export class DocumentDraw {
  private readonly variables = new Map<string, { readonly type: string; readonly value: unknown }>();
  private readonly fragments: string[] = [];
  private fuel: number;

  constructor(
    private readonly random: Random,
    fields: number,
  ) {
    this.fuel = fields;
  }

  draw(kind: 'query' | 'mutation' | 'subscription'): Document {
    const root = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[kind];
    const fields = Object.values((root as GraphQLObjectType).getFields()).filter(({ name }) => !/ReadModels$/.test(name));
    const roots = kind === 'subscription' ? 1 : this.random.int(1, kind === 'mutation' ? 2 : 4);
    const selections = Array.from({ length: roots }, (_, at) => `r${at}: ${this.field(this.random.pick(fields), 0)}`);
    const declared = [...this.variables].map(([name, { type }]) => `$${name}: ${type}`);
    const operation = `${kind} Drawn${declared.length > 0 ? `(${declared.join(' ')})` : ''} { ${selections.join(' ')} }`;
    const variables = Object.fromEntries([...this.variables].map(([name, { value }]) => [name, value]));
    return { query: [operation, ...this.fragments].join(' '), variables };
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number): string {
    this.fuel -= 1;
    const given = field.args.map((argument) => this.argument(argument)).filter((text) => text !== undefined);
    const type = getNamedType(field.type);
    const below = isCompositeType(type) ? ` ${this.selection(type, depth + 1)}` : '';
    return `${field.name}${given.length > 0 ? `(${given.join(' ')})` : ''}${below}`;
  }

  private argument({ name, type, defaultValue }: GraphQLArgument): string | undefined {
    const value = valueOf(type, name, this.random);
    if (value === undefined || (value === null && isNonNullType(type) && defaultValue !== undefined)) return undefined;
    if (this.random.chance(0.5)) return `${name}: ${literalOf(value, type)}`;
    const variable = `v${this.variables.size}`;
    this.variables.set(variable, { type: String(type), value });
    return `${name}: $${variable}`;
  }

  private selection(type: GraphQLNamedType, depth: number): string {
    if (isUnionType(type) || (isInterfaceType(type) && this.random.chance(0.5))) {
      const types = schema.getPossibleTypes(type).slice(0, 4);
      return `{ __typename ${types.map((each) => `... on ${each.name} ${this.selection(each, depth)}`).join(' ')} }`;
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return '{ __typename }';
    const fields = Object.values(type.getFields()).filter((field) => depth < 9 || !isCompositeType(getNamedType(field.type)));
    const chosen: string[] = ['__typename'];
    for (const field of fields) {
      if (this.fuel <= 0) break;
      if (!this.random.chance(isCompositeType(getNamedType(field.type)) ? 0.35 : 0.5)) continue;
      // A name of its own, so that two uses with other arguments do not contradict each other.
      chosen.push(
        field.args.length > 0 || this.random.chance(0.05) ? `a${this.fuel}: ${this.field(field, depth)}` : this.field(field, depth),
      );
    }
    if (!this.random.chance(0.1)) return `{ ${chosen.join(' ')} }`;
    const name = `F${this.fragments.length}`;
    this.fragments.push('');
    this.fragments[Number(name.slice(1))] = `fragment ${name} on ${type.name} { ${chosen.join(' ')} }`;
    return `{ ...${name} }`;
  }
}
