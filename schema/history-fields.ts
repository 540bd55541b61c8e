import { Args, Ctx, FieldResolver, Resolver, Root, type ClassType } from 'type-graphql';
import { EXCLUSIVITY } from '../src/domain/exclusivity';
import type { EntityKind } from '../src/domain/event';
import { Config } from './config';
import type { Context } from './context';
import { Exclusivity } from './exclusivity';
import { Experiment } from './experiment';
import { Flag } from './flag';
import { Goal } from './goal';
import { HistoryConnection, historyOf } from './history';
import { aboutEntity, HISTORY_COST, HistoryArgs, HistoryPageArgs } from './history-args';
import { Holdout } from './holdout';
import { Key } from './key';
import { Project } from './project';
import { Segment } from './segment';

const DESCRIPTION =
  'Who changed what of it, when and why: the newest first, unless said otherwise. It takes the right to read history; null, with an error, without it.';

/** A thing that has an id, a key that has a name only, or the setting, of which there is one. */
export interface Known {
  readonly projectId: string;
  readonly id?: string;
  readonly name?: string;
}

/** The field `history` of one type of thing. */
function historyField(type: ClassType, kind: EntityKind): ClassType {
  @Resolver(() => type)
  class HistoryField {
    @FieldResolver(() => HistoryConnection, { nullable: true, description: DESCRIPTION, complexity: HISTORY_COST })
    history(@Root() thing: Known, @Args(() => HistoryPageArgs) args: HistoryPageArgs, @Ctx() context: Context) {
      return historyOf(context, thing.projectId, args, { kind, id: idOf(thing) });
    }
  }
  return HistoryField;
}

@Resolver(() => Project)
export class ProjectHistoryField {
  @FieldResolver(() => HistoryConnection, {
    nullable: true,
    description:
      'Who changed what in the project, when and why: the newest first, unless said otherwise. It takes the right to read history; null, with an error, without it.',
    complexity: HISTORY_COST,
  })
  history(@Root() { projectId }: Project, @Args(() => HistoryArgs) args: HistoryArgs, @Ctx() context: Context) {
    return historyOf(context, projectId, args, aboutEntity(projectId, args));
  }
}

/** The class of each kind of thing. A missing one does not compile, and so no thing is without its history. */
export const TYPES: { readonly [Kind in Exclude<EntityKind, 'project'>]: ClassType } = {
  key: Key,
  segment: Segment,
  goal: Goal,
  exclusivity: Exclusivity,
  flag: Flag,
  config: Config,
  experiment: Experiment,
  holdout: Holdout,
};

/** What it is known by in its project. */
export const idOf = ({ id, name }: Known): string => id ?? name ?? EXCLUSIVITY.id;

/** The field on everything that has a history of its own. */
export const historyFields = [
  ProjectHistoryField,
  ...(Object.entries(TYPES) as [EntityKind, ClassType][]).map(([kind, type]) => historyField(type, kind)),
];
