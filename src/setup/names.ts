import type { Key } from '../domain/key';
import type { ValueType } from '../domain/value';
import type { NamedKind } from '../domain/naming';
import { cleanName, couldBeName, foldName } from '../domain/text';
import type { EntityOf } from '../domain/project-state';
import type { WrittenFile } from './file-schema';

/** What the project has that a file may name without saying it again: only what is not archived. */
export interface KnownNames {
  readonly keys: ReadonlyMap<string, ValueType>;
  readonly segments: Iterable<string>;
  readonly goals: Iterable<string>;
  /** What it has of each kind that is archived: a file that names it is refused with that reason. */
  readonly archived?: { readonly [kind in 'key' | 'segment' | 'goal']: Iterable<string> };
  /** What the project has under a name, which a file may leave as it is. */
  readonly key: (name: string) => Key | undefined;
  readonly held: <Kind extends NamedKind>(kind: Kind, name: string) => EntityOf<Kind> | undefined;
}

export const NOTHING_KNOWN: KnownNames = {
  keys: new Map(),
  segments: [],
  goals: [],
  key: () => undefined,
  held: () => undefined,
};

/**
 * Names of one kind by what they are compared by, each as its owner spells it. Of two that are the same the first counts: in a file the
 * other is an error, and what the file says goes before what the project has.
 */
export class Names {
  private readonly spellings = new Map<string, string>();

  constructor(names: Iterable<string> = []) {
    for (const name of names) this.add(name);
  }

  /** The spelling under which it is there already, or undefined: then it is there now. */
  add(name: string): string | undefined {
    if (!couldBeName(name)) return undefined;
    const taken = this.find(name);
    if (taken === undefined) this.spellings.set(foldName(name), name);
    return taken;
  }

  find(name: string): string | undefined {
    return couldBeName(name) ? this.spellings.get(foldName(name)) : undefined;
  }
}

/** All the segments and goals that a file's references can mean. */
export function namesIn(file: WrittenFile, known: KnownNames): { readonly segments: Names; readonly goals: Names } {
  const cleaned = (named: readonly { readonly name: string }[] = []) =>
    named.map(({ name }) => (couldBeName(name) ? cleanName(name) : name));
  return {
    segments: new Names([...cleaned(file.segments), ...known.segments]),
    goals: new Names([...cleaned(file.goals), ...known.goals]),
  };
}
