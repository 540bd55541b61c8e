import { words } from '../words/words';
import { Ago } from './time';

/** When a thing was last changed, and by which actor. */
export function Changed({ thing }: { thing: { readonly updatedAt: string; readonly updatedBy: string } }) {
  return (
    <div className="cut quiet">
      <Ago at={thing.updatedAt} />
      {words.changedBy(thing.updatedBy)}
    </div>
  );
}
