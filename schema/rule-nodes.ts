import { Field, FieldResolver, Float, Int, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import type { Json } from '../src/domain/json';
import type { Count, DidCondition, PropertyCondition as Condition, Rule, Window } from '../src/domain/rule';
import { conditionText, ruleText } from '../src/domain/rule-words';
import { OperatorEnum } from './rule-input';
import { listOf } from './list';
import { apiPath } from './error';
import { JsonScalar } from './scalars';

/*
 * A rule for clients that read it node by node. It is a list: as a tree it could not be asked for to its end, since a document says how deep it
 * goes, and three members a level come to thousands of fields.
 */

const kinds = { ALL: 'all', ANY: 'any', NOT: 'not', PROPERTY: 'property', DID: 'did', DID_NOT: 'didNot' } as const;
type NodeKind = (typeof kinds)[keyof typeof kinds];
registerEnumType(kinds, {
  name: 'RuleNodeKind',
  description: 'What a node of a rule is, as the members of RuleInput.',
  valuesConfig: {
    ALL: { description: 'Users whom each node below it takes.' },
    ANY: { description: 'Users whom at least one node below it takes.' },
    NOT: { description: 'Users whom the one node below it does not take.' },
    PROPERTY: { description: 'Users with such a property.' },
    DID: { description: 'Users who did an event.' },
    DID_NOT: { description: 'Users who did not do an event.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'A condition on a property of a user, or, as a filter, of an event.' })
export class PropertyCondition {
  @Field(() => String, { description: 'The property.' })
  name: string;

  @Field(() => OperatorEnum, { description: 'How it is compared.' })
  operator: string;

  @Field(() => JsonScalar, { nullable: true, description: 'What it is compared with, of operators that take one value; else null.' })
  value?: Json;

  @Field(() => [JsonScalar], { nullable: true, description: 'What it is compared with, of IN and NOT_IN; else null.' })
  values?: readonly Json[];

  @Field(() => JsonScalar, { nullable: true, description: 'The lower end, of BETWEEN; else null.' })
  from?: Json;

  @Field(() => JsonScalar, { nullable: true, description: 'The upper end, of BETWEEN; else null.' })
  to?: Json;
}

@Resolver(() => PropertyCondition)
export class PropertyConditionResolver {
  @FieldResolver(() => String, { description: 'It in plain words.' })
  text(@Root() condition: Condition): string {
    return conditionText(condition);
  }
}

@ObjectType({
  simpleResolvers: true,
  description: 'How often an event is to have been done. Exactly one of `atLeast`, `atMost` and `exactly` is not null.',
})
class EventCount {
  @Field(() => Int, { nullable: true, description: 'So often or more.' })
  atLeast?: number;

  @Field(() => Int, { nullable: true, description: 'So often or less.' })
  atMost?: number;

  @Field(() => Int, { nullable: true, description: 'So often.' })
  exactly?: number;

  @Field(() => Boolean, { nullable: true, description: 'Of `atMost`, whether users who never did it are taken too; null: they are not.' })
  includeZero?: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'Which events count: the last days, those from one instant up to another, or all.' })
class EventWindow {
  @Field(() => Float, { nullable: true, description: 'Those of the last so many days; else null.' })
  lastDays?: number;

  @Field(() => String, { nullable: true, description: 'Those from this date or instant on, taken in; else null.' })
  from?: string;

  @Field(() => String, { nullable: true, description: 'Those up to this date or instant, not taken in; else null.' })
  to?: string;

  @Field(() => Boolean, { nullable: true, description: 'true: all of them; else null.' })
  ever?: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'An event that a user did, or did not do.' })
class EventCondition {
  @Field(() => String, { description: 'The event, as the app sends it.' })
  name: string;

  @Field(() => EventCount, { nullable: true, description: 'Of DID, how often; null: at least once.' })
  count?: Count;

  @Field(() => EventWindow, { description: 'When.' })
  window: object;

  @Field(() => [PropertyCondition], { complexity: listOf(1), description: 'Only events whose properties pass all of these count.' })
  filters: readonly Condition[];
}

@ObjectType({ simpleResolvers: true, description: 'A node of a rule: a condition, or what joins the nodes below it.' })
export class RuleNode {
  @Field(() => String, { description: 'Where it is, as problems and changes say it: `rule`, `rule.all[1].not`.' })
  path: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The place in the list of the node that it is directly below, from 0; null: it is the whole rule.',
  })
  parent: number | null;

  @Field(() => kinds, { description: 'What it is.' })
  kind: NodeKind;

  @Field(() => String, { description: 'It, with all below it, in plain words on one line.' })
  text: string;

  @Field(() => PropertyCondition, { nullable: true, description: 'Of PROPERTY, the condition; else null.' })
  property: Condition | null;

  @Field(() => EventCondition, { nullable: true, description: 'Of DID and DID_NOT, the condition; else null.' })
  event: EventCondition | null;
}

/** All nodes of a rule that is stored, each before those below it, in the order of the rule. */
export function nodesOf(rule: Rule): readonly RuleNode[] {
  const nodes: RuleNode[] = [];
  const add = (node: Rule, path: string, parent: number | null): void => {
    const [kind, said] = Object.entries(node)[0] as [NodeKind, unknown];
    const at = nodes.length;
    const property = kind === 'property' ? (said as Condition) : null;
    const event = kind === 'did' || kind === 'didNot' ? eventOf(said as DidCondition) : null;
    nodes.push({ path: apiPath(path), parent, kind, text: ruleText(node), property, event });
    if (kind === 'not') add(said as Rule, `${path}.not`, at);
    if (kind === 'all' || kind === 'any') (said as readonly Rule[]).forEach((part, index) => add(part, `${path}.${kind}.${index}`, at));
  };
  add(rule, 'rule', null);
  return nodes;
}

const eventOf = ({ event, count, window, filters = [] }: DidCondition): EventCondition => ({
  name: event,
  ...(count && { count }),
  window: windowOf(window),
  filters,
});

const windowOf = (window: Window): object => ('between' in window ? window.between : window);

const RULE_NODES = {
  complexity: listOf(5),
  description: 'The rule node by node: each node comes before those below it, in their order. It says the same as `rule`.',
};

/** The field `ruleNodes` of what has a rule. */
export function ruleNodesField(type: new () => object): new () => object {
  @Resolver(() => type)
  class RuleNodesField {
    @FieldResolver(() => [RuleNode], RULE_NODES)
    ruleNodes(@Root() { rule }: { readonly rule: Rule }): readonly RuleNode[] {
      return nodesOf(rule);
    }
  }
  return RuleNodesField;
}
