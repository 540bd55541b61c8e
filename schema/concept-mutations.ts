import { Arg, Ctx, InputType, Mutation, Resolver, type ClassType } from 'type-graphql';
import { ENTITY_PROJECTIONS } from '../projections/entities';
import type { ProjectionOf } from '../src/read-model/projection';
import type { SingleCommand } from '../src/domain/decider';
import type { PluralKind } from '../src/domain/project-state';
import { resultOf } from './command-result';
import type { Context } from './context';
import { idsIn, type GlobalId, type ReadId } from './global-id';
import { described, named, perform, type CommandInput, type ThingInput, atInputPaths, type InputNames } from './perform';
import { thingOf, type Named } from './thing';

type Type = SingleCommand['type'];
type CommandOf<T extends Type> = Extract<SingleCommand, { readonly type: T }>;
/** What a command says beside what all of its kind say. */
type Details<T extends Type> = Omit<CommandOf<T>, 'type' | 'id' | 'name' | 'description' | 'expectedVersion'>;

export interface NewText extends CommandInput {
  readonly name: string;
  readonly description?: string | null;
}

export interface ChangedText extends ThingInput {
  readonly id: GlobalId;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** How one is created, and how it is edited: the input, what the mutation does, and what of the input is special to the kind. */
export interface Written<Kind extends PluralKind, New extends NewText, Changes extends ChangedText> {
  readonly create: Writing<New, Extract<Type, `Create${Capitalize<Kind>}`>>;
  readonly edit: Writing<Changes, Extract<Type, `Edit${Capitalize<Kind>}`>>;
  /** Where the API and the domain name the same input differently. */
  readonly names?: InputNames;
}

type Writing<Input extends object, T extends Type> = readonly [
  input: ClassType<Input>,
  description: string,
  details: (input: Input, localId: ReadId) => Details<T>,
];

/** The mutations that create and edit what has a name of its own. */
export function writeMutations<Kind extends PluralKind, New extends NewText, Changes extends ChangedText>(
  kind: Kind,
  type: ClassType,
  { create, edit, names = [] }: Written<Kind, New, Changes>,
): ClassType {
  const projection = projectionOf(kind);
  const Name = capitalized(kind);
  const [newInput, creates, newDetails] = create;
  const [changesInput, edits, changedDetails] = edit;
  const CreateResult = resultOf(`Create${Name}` as Type, type);
  const EditResult = resultOf(`Edit${Name}` as Type, type);
  @Resolver()
  class WriteMutations {
    @Mutation(() => CreateResult, { name: `create${Name}`, description: creates })
    create(@Arg('input', () => newInput, { description: `The new ${kind}.` }) input: New, @Ctx() context: Context) {
      const text = { name: input.name, description: described(input.description) };
      const command = { type: `Create${Name}`, ...text, ...newDetails(input, idsIn(input.projectId)) } as unknown as SingleCommand;
      return atInputPaths(perform(context, input, command, projection), names);
    }

    @Mutation(() => EditResult, { name: `edit${Name}`, description: edits })
    edit(@Arg('input', () => changesInput, { description: 'What to change.' }) input: Changes, @Ctx() context: Context) {
      // Of a command on what has a name, `name` is a new one.
      const { projectId, id } = thingOf(kind, { id: input.id, projectId: input.projectId });
      const text = { id, name: named(input.name), description: described(input.description) };
      const details = { ...changedDetails(input, idsIn(projectId)), expectedVersion: named(input.expectedVersion) };
      const command = { type: `Edit${Name}`, ...text, ...details } as unknown as SingleCommand;
      return atInputPaths(perform(context, { ...input, projectId }, command, projection, id), names);
    }
  }
  return WriteMutations;
}

type OneInput = ThingInput & Named;

/** What each command does, in words. */
export type Descriptions = { readonly [T in Type]?: string };

/** Commands that say nothing but which thing they are about: `PublishFlag` is the mutation `publishFlag(input: FlagInput!)`. */
export function moveMutations(
  kind: PluralKind,
  type: ClassType,
  oneInput: abstract new () => OneInput,
  descriptions: Descriptions,
): readonly ClassType[] {
  const projection = projectionOf(kind);

  @InputType(`${capitalized(kind)}Input`, { description: `Which ${kind}.` })
  class WhichInput extends (oneInput as new () => OneInput) {}

  return Object.entries(descriptions).map(([command, description]) => {
    const MoveResult = resultOf(command as Type, type);
    @Resolver()
    class MoveMutation {
      @Mutation(() => MoveResult, { name: command.charAt(0).toLowerCase() + command.slice(1), description })
      move(@Arg('input', () => WhichInput, { description: `Which ${kind}.` }) input: WhichInput, @Ctx() context: Context) {
        const { projectId, id } = thingOf(kind, input);
        const which = kind === 'key' ? { name: id } : { id };
        const submitted = { type: command, ...which, expectedVersion: named(input.expectedVersion) } as unknown as SingleCommand;
        return perform(context, { ...input, projectId }, submitted, projection, id);
      }
    }
    return MoveMutation;
  });
}

const projectionOf = (kind: PluralKind): ProjectionOf<object> => ENTITY_PROJECTIONS[kind];

/** The kind as the names of types have it: `Flag`. */
export const capitalized = (kind: PluralKind): string => kind.charAt(0).toUpperCase() + kind.slice(1);
