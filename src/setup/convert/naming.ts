import { checkKeyName, checkName, cleanName, foldName, NAME_LENGTH } from '../../domain/text';

const KEY_LENGTH = 120;

/** The key's name nearest to a name of another product (K1), and unlike all that are taken. */
export function keyNameFor(name: string, taken: (name: string) => boolean): string {
  const allowed = name.slice(0, KEY_LENGTH).replace(/[^A-Za-z0-9_.-]/g, '_');
  const fitting = checkKeyName(allowed, '').length === 0 ? allowed : `_${allowed}`.slice(0, KEY_LENGTH).replace(/^___proto__$/, '_proto');
  return firstFree(fitting, KEY_LENGTH, (number) => `_${number}`, taken);
}

/** The name nearest to a text of another product that ours may be, and unlike all that are taken (compared folded). */
export function nameFor(text: string, taken: (folded: string) => boolean): string {
  const visible = text.slice(0, NAME_LENGTH * 2).replace(/[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029\s]+/gu, ' ');
  const short = cleanName([...visible.normalize('NFC')].slice(0, NAME_LENGTH).join(''));
  const fitting = checkName(short, '').length === 0 ? short : 'Unnamed';
  return firstFree(
    fitting,
    NAME_LENGTH,
    (number) => ` (${number})`,
    (name) => taken(foldName(name)),
  );
}

/** Names of one kind, given out one by one and never twice. A name of the source that may stay as it is stays so, whatever else comes to it. */
export class Names {
  private readonly taken = new Set<string>();
  private readonly reserved = new Set<string>();

  constructor(
    private readonly nearest: (text: string, taken: (name: string) => boolean) => string,
    private readonly fold: (name: string) => string,
  ) {}

  /** Reserves names for those that have them in the source; of two that fold to the same, the first has it. */
  reserve(names: readonly string[]): void {
    for (const name of names) if (this.nearest(name, () => false) === name) this.reserved.add(this.fold(name));
  }

  give(text: string): string {
    const own = this.nearest(text, () => false) === text;
    const name = this.nearest(text, (one) => this.taken.has(one) || (this.reserved.has(one) && !(own && one === this.fold(text))));
    this.taken.add(this.fold(name));
    return name;
  }
}

function firstFree(name: string, longest: number, suffix: (number: number) => string, taken: (name: string) => boolean): string {
  for (let number = 1; ; number += 1) {
    const end = number === 1 ? '' : suffix(number);
    const candidate = `${[...name]
      .slice(0, longest - end.length)
      .join('')
      .trimEnd()}${end}`;
    if (!taken(candidate)) return candidate;
  }
}
