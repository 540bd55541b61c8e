import { Field, FieldResolver, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import type { Difference } from '../src/audit/difference';
import type { Json } from '../src/domain/json';
import { JsonScalar } from './scalars';

export enum FieldChangeKind {
  ADDED = 'ADDED',
  CHANGED = 'CHANGED',
  REMOVED = 'REMOVED',
}
registerEnumType(FieldChangeKind, {
  name: 'FieldChangeKind',
  description: 'What became of a field. It tells a value of null from no value.',
  valuesConfig: {
    ADDED: { description: 'It was not there before.' },
    CHANGED: { description: 'It has another value.' },
    REMOVED: { description: 'It is not there any more.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'One field, or one place inside it, that changed.' })
export class FieldChange {
  @Field(() => String, {
    description:
      'Which: `description`, `rows[r1].percentage` of the row with the id r1, `rule.all[1].property.value` of the second branch of a rule (of what was added, the place after). `rows.order` is the order of ids.',
  })
  path: string;

  @Field(() => JsonScalar, { nullable: true, description: 'What it was, a share in percent; null if it was added.' })
  before?: Json;

  @Field(() => JsonScalar, { nullable: true, description: 'What it is, a share in percent; null if it was removed.' })
  after?: Json;
}

@Resolver(() => FieldChange)
export class FieldChangeResolver {
  @FieldResolver(() => FieldChangeKind, { description: 'Whether it was added, changed or removed.' })
  kind(@Root() { before, after }: Difference): FieldChangeKind {
    if (before === undefined) return FieldChangeKind.ADDED;
    return after === undefined ? FieldChangeKind.REMOVED : FieldChangeKind.CHANGED;
  }
}
