import { canonical, sameJson, type Json } from '../../domain/json';
import { WHOLE } from '../../domain/percent';
import { ROWS } from '../../domain/row';
import type { Rule } from '../../domain/rule';
import { checkRule, normalizeRule } from '../../domain/rule-check';
import { ruleText } from '../../domain/rule-words';
import { checkDescription, checkKeyName, excerpt, foldName } from '../../domain/text';
import { checkValue, type ValueType } from '../../domain/value';
import type { SetupFile, SetupFlag, SetupFlagRow, SetupKey, SetupSegment } from '../file';
import { groupsOf, takesEveryone, type Branch } from './branch';
import type { Condition } from './condition';
import type { Note } from './converter';
import { keyNameFor, nameFor, Names } from './naming';
import { split } from './parts';

/** A flag of another product, in our terms. */
export interface SourceFlag {
  readonly path: string;
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** What is served when no branch takes the user, and when the flag is not live. */
  readonly off: Json;
  /** Every value that the flag can give, from which the key's type follows. */
  readonly values: readonly Json[];
  readonly type?: ValueType;
  readonly live: boolean;
  readonly branches: readonly Branch[];
  /** Part of it has no counterpart, so it must not be served before it is reviewed. */
  readonly lost: boolean;
}

interface Rows {
  readonly rows: readonly SetupFlagRow[];
  readonly whole: boolean;
}

/** What is known of an object's members: which are read, and which have no say in who gets what. */
interface Members {
  readonly read: readonly string[];
  readonly words?: readonly string[];
  readonly bookkeeping?: readonly string[];
  /** Where words are noted, once for all objects of the kind; absent: at each. */
  readonly kind?: string;
}

/** The file that a conversion fills: names are made to fit and are never twice, equal rules are one segment, and what is changed on the way is noted. */
export class Draft {
  readonly notes: Note[] = [];
  private readonly noted = new Set<string>();
  private readonly keys = new Map<string, SetupKey>();
  private readonly segments = new Map<string, SetupSegment>();
  /** By rule and title. */
  private readonly segmentOf = new Map<string, string>();
  private readonly flags = new Map<string, SetupFlag>();
  private readonly keyNames = new Names(keyNameFor, (name) => name);
  private readonly segmentNames = new Names(nameFor, foldName);
  private readonly flagNames = new Names(nameFor, foldName);
  /** Something that is not about one flag alone may decide who gets what. */
  private unsure = false;

  /** All names that the source has, first of all: one that can stay as it is keeps its place, whatever comes before it. */
  reserve(names: {
    readonly flags: readonly { readonly name: string; readonly title?: string | undefined }[];
    readonly segments?: readonly string[];
  }): void {
    this.keyNames.reserve(names.flags.map(({ name }) => name));
    this.flagNames.reserve(names.flags.map(({ name, title }) => title ?? name));
    this.segmentNames.reserve(names.segments ?? []);
  }

  note(path: string, message: string): void {
    const key = JSON.stringify([path, message]);
    if (!this.noted.has(key)) this.notes.push({ path, message });
    this.noted.add(key);
  }

  /**
   * Members of an object that nothing here reads. Those that are words alone are noted, and bookkeeping is passed over. Any other may decide who gets
   * what, so whatever the object is part of must not be served: then it says so, and is true.
   */
  leftOver(object: object, path: string, { read, words = [], bookkeeping = [], kind = path }: Members): boolean {
    const names = Object.entries(object)
      .filter(([name, member]) => !read.includes(name) && !bookkeeping.includes(name) && !empty(member))
      .map(([name]) => name);
    const harmless = names.filter((name) => words.includes(name));
    const unknown = names.filter((name) => !words.includes(name));
    if (harmless.length > 0) this.note(kind, `has no counterpart for ${harmless.join(', ')}: left out`);
    if (unknown.length > 0)
      this.note(path, `has members that are not known here and may decide who gets what: ${excerpt(unknown.join(', '))}`);
    return unknown.length > 0;
  }

  /** Every flag is a draft from now on. */
  draftAll(): void {
    this.unsure = true;
  }

  file(): SetupFile {
    return { keys: [...this.keys.values()], segments: [...this.segments.values()], flags: [...this.flags.values()] };
  }

  /** A key, or undefined where no key can have such values. */
  key(path: string, name: string, values: readonly Json[], defaultValue: Json, description: string, given?: ValueType): string | undefined {
    const type = given ?? typeOf([defaultValue, ...values]);
    const wrong = [defaultValue, ...values].flatMap((value) => checkValue(type, value, ''))[0];
    if (wrong !== undefined) {
      this.note(path, `is left out: a value ${wrong.message}`);
      return undefined;
    }
    const fitting = this.keyNames.give(name);
    if (fitting !== name) this.note(path, `is the key "${fitting}", since ${this.reasonFor(name)}`);
    this.keys.set(fitting, { name: fitting, type, default: defaultValue, description: this.text(path, description), archived: false });
    return fitting;
  }

  /** The name of the segment with such users; `null` for everyone; undefined where no rule says who they are. */
  segment(path: string, condition: Condition, title?: string, description = ''): string | null | undefined {
    if (typeof condition === 'boolean') {
      if (title !== undefined) this.note(path, `is no segment here: it takes ${condition ? 'everyone' : 'no one'}`);
      return condition ? null : undefined;
    }
    const [wrong] = checkRule(condition, 'rule');
    if (wrong !== undefined) {
      this.note(path, `is left out: as a rule it ${wrong.message}`);
      return undefined;
    }
    const rule: Rule = normalizeRule(condition);
    const key = canonical([rule, title ?? null]);
    const known = this.segmentOf.get(key);
    if (known !== undefined) return known;
    const name = this.segmentNames.give(title ?? ruleText(rule));
    if (title !== undefined && name !== title) this.note(path, `is the segment "${name}"`);
    this.segments.set(foldName(name), { name, description: this.text(path, description), rule });
    this.segmentOf.set(key, name);
    return name;
  }

  /** A key and a flag on it. It is live only when all of it could be carried. */
  flag(source: SourceFlag): void {
    const { path, off, values, live } = source;
    const description = source.description ?? '';
    const key = this.key(path, source.name, values, off, description, source.type);
    if (key === undefined) return;
    const { rows, whole } = this.rows(source);
    const called = source.title ?? source.name;
    const name = this.flagNames.give(called);
    if (name !== called) this.note(path, `is the flag "${name}"`);
    const complete = whole && !source.lost && !this.unsure;
    if (!complete) this.note(path, `is the flag "${name}" as a draft, which serves nothing: complete it, then publish it`);
    const status = !complete ? 'DRAFT' : live ? 'LIVE' : 'PAUSED';
    this.flags.set(foldName(name), { name, description: this.text(path, description), key, status, rows });
  }

  private rows({ path, branches, off }: SourceFlag): Rows {
    let whole = true;
    const rows: SetupFlagRow[] = [];
    const earlier: Branch[] = [];
    for (const branch of branches) {
      if (branch.condition === false) continue;
      const own = this.rowsOf(branch, earlier, path);
      whole &&= own.whole;
      rows.push(...own.rows);
      // A branch that no user comes to takes nothing from those after it.
      if (own.rows.length > 0) earlier.push(branch);
      if (rows.length > ROWS || (branch.condition === true && takesEveryone(branch))) break;
    }
    // The key's default says it already.
    while (rows.at(-1)?.segment === null && sameJson(rows.at(-1)?.value, off)) rows.pop();
    if (rows.length <= ROWS) return { rows, whole };
    this.note(path, `has more than ${ROWS} rows here, of which only the first ${ROWS} are carried`);
    return { rows: rows.slice(0, ROWS), whole: false };
  }

  /** Whole, if they give everyone of the branch what the source gives them. */
  private rowsOf(branch: Branch, earlier: readonly Branch[], path: string): Rows {
    const groups = groupsOf(branch, earlier);
    if (groups === undefined) {
      this.note(branch.path, 'is left out: it draws by the same numbers as branches before it, in more ways than rows can say');
      return { rows: [], whole: false };
    }
    const all = groups.map(({ condition, parts }) => ({ segment: this.segmentOfGroup(branch, condition), ...split(parts) }));
    const rows = all.flatMap(({ segment, rows: shared }) => (segment === undefined ? [] : shared.map((row) => ({ segment, ...row }))));
    if (all.some(({ exact }) => !exact)) this.note(branch.path, 'has shares that are rounded to basis points');
    if (all.some(({ whole }) => !whole))
      this.note(branch.path, 'has a share of less than half a basis point (0.005 %), which no row can give');
    if (rows.some(({ percentage }) => percentage < WHOLE)) this.note(path, 'has shares of users: who is in which is drawn anew here');
    return { rows, whole: all.every(({ segment, whole }) => segment !== undefined && whole) };
  }

  private segmentOfGroup(branch: Branch, condition: Condition): string | null | undefined {
    const title = condition === branch.condition && condition !== true ? branch.name : undefined;
    return this.segment(branch.path, condition, title);
  }

  /** Why a key has not the name that it has in the source. */
  private reasonFor(name: string): string {
    return checkKeyName(name, '').length > 0
      ? `a key cannot be named "${excerpt(name)}" here`
      : `"${excerpt(name)}" is the key of another flag`;
  }

  private text(path: string, description: string): string {
    if (checkDescription(description, '').length === 0) return description;
    this.note(path, 'has a description that is shortened to what fits here');
    return [...description.replace(/(?![\n\r\t])[\p{Cc}\p{Surrogate}]/gu, ' ')].slice(0, 1_000).join('');
  }
}

function empty(member: unknown): boolean {
  if (member === null || member === undefined || member === '' || member === false) return true;
  return typeof member === 'object' && Object.keys(member).length === 0;
}

/** The type of a key that can have all these values. */
export function typeOf(values: readonly Json[]): ValueType {
  const types = { boolean: 'BOOLEAN', string: 'STRING', number: 'NUMBER' } as const;
  const [kind] = new Set(values.map((value) => typeof value));
  const same = values.every((value) => typeof value === kind);
  return same && (kind === 'boolean' || kind === 'string' || kind === 'number') ? types[kind] : 'JSON';
}

/** What a key says when its source leaves that to the app's code: nothing much. */
export function neutral(type: ValueType): Json {
  return { BOOLEAN: false, STRING: '', NUMBER: 0, JSON: null }[type];
}
