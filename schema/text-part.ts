import { Ctx, Field, FieldResolver, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import type { ComplexityEstimator } from 'graphql-query-complexity';
import type { Actor as LedgerActor } from '../src/domain/event';
import type { HistoryEntry } from '../src/audit/entry';
import type { TextPart as LedgerPart, TextPartKind } from '../src/domain/text-part';
import { Actor } from './actor';
import type { Context } from './context';
import { nameOf } from '../projections/entities';
import { EntityReference } from './entity';
import { referenceTo, type Reference } from './global-id';

const kinds: { readonly [Kind in TextPartKind | 'ACTOR']: Kind } = {
  TEXT: 'TEXT',
  ACTOR: 'ACTOR',
  ENTITY: 'ENTITY',
  VALUE: 'VALUE',
  EVENT: 'EVENT',
  PROPERTY: 'PROPERTY',
};
registerEnumType(kinds, {
  name: 'TextPartKind',
  description: 'What a part of a text is.',
  valuesConfig: {
    TEXT: { description: 'Words between the others.' },
    ACTOR: { description: 'Who acted: see `actor`.' },
    ENTITY: { description: 'A thing in the project: see `entity`.' },
    VALUE: { description: 'A value, as JSON, as a rule has it, or with its unit.' },
    EVENT: { description: 'An event that an app sends: see `name`.' },
    PROPERTY: { description: 'A property of a user or an event: see `name`.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'A part of a sentence, a rule or a value: one after another they are all of it, without marks.',
})
export class TextPart {
  @Field(() => kinds, { description: 'What it is.' })
  kind: keyof typeof kinds;

  @Field(() => String, { description: 'How it reads.' })
  text: string;

  @Field(() => Actor, { nullable: true, description: 'Of an ACTOR: who.' })
  actor?: LedgerActor | undefined;

  @Field(() => String, { nullable: true, description: 'Of an EVENT or a PROPERTY: its name in the app.' })
  name?: string | undefined;
}

/** A part in a project, whose things it may name. */
export interface PartInProject extends Omit<LedgerPart, 'kind'> {
  readonly kind: keyof typeof kinds;
  readonly projectId: string;
  readonly actor?: LedgerActor;
}

@Resolver(() => TextPart)
export class TextPartResolver {
  @FieldResolver(() => EntityReference, {
    nullable: true,
    description:
      'Of an ENTITY: what it is, by the name that it has now, or at the point that is asked about; null if it is still to be created.',
  })
  async entity(@Root() { projectId, entity }: PartInProject, @Ctx() { loaders, asOfRevision }: Context): Promise<Reference | undefined> {
    const document = entity && (await loaders.find(entity.kind, projectId, entity.id));
    return document && entity && referenceTo(projectId, { ...entity, name: nameOf(document) }, asOfRevision);
  }
}

export const partsIn = (projectId: string, parts: readonly LedgerPart[]): PartInProject[] => parts.map((part) => ({ ...part, projectId }));

/** The parts of the sentence of an event, which begins with its actor. */
export function sentencePartsOf({ event: { projectId, actor }, parts }: Pick<HistoryEntry, 'event' | 'parts'>): PartInProject[] {
  const words = partsIn(projectId, parts);
  const [first] = words;
  const rest =
    first?.kind === 'TEXT'
      ? [{ ...first, text: ` ${first.text}` }, ...words.slice(1)]
      : [{ kind: 'TEXT' as const, text: ' ', projectId }, ...words];
  return [{ kind: 'ACTOR', text: actor.id, actor, projectId }, ...rest];
}

/** What a field of such parts costs: they are few, and what they name is read once for all of an answer. */
export const PARTS: ComplexityEstimator = ({ childComplexity }) => 4 + childComplexity;
