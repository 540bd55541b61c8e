import { Ctx, Field, FieldResolver, ObjectType, registerEnumType, Resolver, Root, type ClassType } from 'type-graphql';
import { ACTIONS, actionsOf, actionsOn, type Target } from '../src/application/actions';
import type { EntityKind } from '../src/domain/event';
import type { Context } from './context';
import { idOf, TYPES, type Known } from './history-fields';
import { Project } from './project';

const ActionEnum = Object.fromEntries(ACTIONS.map((action) => [action, action]));
registerEnumType(ActionEnum, {
  name: 'ActionName',
  description: 'A command on something that is there, without the kind of thing: `publishFlag` and `publishConfig` are PUBLISH.',
  valuesConfig: Object.fromEntries(ACTIONS.map((action) => [action, { description: `The mutations that begin with ${words(action)}.` }])),
});

function words(action: string): string {
  return `"${action.toLowerCase().split('_')[0]}"`;
}

@ObjectType({ simpleResolvers: true, description: 'Something that can be asked of a thing, and whether the caller may ask it now.' })
export class Action {
  @Field(() => ActionEnum, { description: 'What.' })
  action: string;

  @Field(() => Boolean, { description: 'Whether it would be carried out now: the caller has the right, and the state allows it.' })
  allowed: boolean;

  @Field(() => String, { nullable: true, description: 'Why not, for people: what is missing, and what to do. null: it is allowed.' })
  reason: string | null;
}

/** What deciding all commands on one thing costs, in fields. */
const COST = 10;

const PAST = 'This is what it was: of the past nothing can be changed. Read it as it is now.';

/** The field `viewerMay` of one type of thing. */
function viewerMayField(type: ClassType, kind: EntityKind): ClassType {
  @Resolver(() => type)
  class ViewerMayField {
    @FieldResolver(() => [Action], {
      nullable: true,
      complexity: COST,
      description:
        'What the caller may ask of it now, by rights and by state, as the commands themselves would be decided; null, with an error, while that cannot be known.',
    })
    async viewerMay(@Root() thing: Known, @Ctx() context: Context): Promise<readonly Action[]> {
      const { projectId } = thing;
      return actionsNow(context, { projectId, kind, id: kind === 'project' ? projectId : idOf(thing) });
    }
  }
  return ViewerMayField;
}

async function actionsNow({ asOfRevision, loaders, caller, limits }: Context, target: Target): Promise<readonly Action[]> {
  if (asOfRevision !== undefined) return actionsOf(target.kind).map((action) => ({ action, allowed: false, reason: PAST }));
  const actions = actionsOn(await loaders.state(target.projectId), target, caller, limits);
  return actions.map(({ action, whyNot }) => ({ action, allowed: whyNot === undefined, reason: whyNot ?? null }));
}

/** The field on everything that commands can be about. */
export const viewerMayFields = [
  viewerMayField(Project, 'project'),
  ...(Object.entries(TYPES) as [EntityKind, ClassType][]).map(([kind, type]) => viewerMayField(type, kind)),
];
