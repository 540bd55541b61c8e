import { words } from '../words/words';
import { actorName, type Acting } from './actor-name';
import { Ago } from './time';

/** When a thing was last changed, and by which actor. */
export function Changed({ thing }: { thing: { readonly updatedAt: string; readonly updatedBy: Acting } }) {
  return (
    <div className="cut quiet">
      <Ago at={thing.updatedAt} />
      {words.changedBy(actorName(thing.updatedBy))}
    </div>
  );
}
