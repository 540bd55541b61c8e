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
import { HISTORY_COST, HistoryArgs, HistoryPageArgs } from './history-args';
import { Key } from './key';
import { Project } from './project';
import { Segment } from './segment';

const DESCRIPTION =
  'Who changed what of it, when and why: the newest first, unless said otherwise. It takes the right to read history; null, with an error, without it.';

/** The field `history` of one type of thing. */
function historyField<D extends { readonly projectId: string }>(type: ClassType, kind: EntityKind, idOf: (thing: D) => string): ClassType {
  @Resolver(() => type)
  class HistoryField {
    @FieldResolver(() => HistoryConnection, { nullable: true, description: DESCRIPTION, complexity: HISTORY_COST })
    history(@Root() thing: D, @Args(() => HistoryPageArgs) args: HistoryPageArgs, @Ctx() context: Context) {
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
    return historyOf(context, projectId, args, args.entity);
  }
}

const byId = ({ id }: { readonly projectId: string; readonly id: string }): string => id;

/** The field on everything that has a history of its own. */
export const historyFields = [
  ProjectHistoryField,
  historyField<Key>(Key, 'key', ({ name }) => name),
  historyField(Segment, 'segment', byId),
  historyField(Goal, 'goal', byId),
  historyField(Exclusivity, 'exclusivity', () => EXCLUSIVITY.id),
  historyField(Flag, 'flag', byId),
  historyField(Config, 'config', byId),
  historyField(Experiment, 'experiment', byId),
] as const;
