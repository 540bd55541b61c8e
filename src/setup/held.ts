import { holderOf, type NamedKind } from '../domain/naming';
import { entitiesOf, type EntityOf, type ProjectState } from '../domain/project-state';

/** The one of the kind that has the name and is not archived. */
export function held<Kind extends NamedKind>(state: ProjectState, kind: Kind, name: string): EntityOf<Kind> | undefined {
  const id = holderOf(state, kind, name);
  return id === undefined ? undefined : entitiesOf(state, kind).get(id);
}
