import { WHOLE } from '../../domain/choice';
import { canonical, sameJson, type Json } from '../../domain/json';
import { ROWS } from '../../domain/row';
import type { Rule } from '../../domain/rule';
import { checkRule, normalizeRule } from '../../domain/rule-check';
import { ruleText } from '../../domain/rule-words';
import { checkDescription, foldName } from '../../domain/text';
import { checkValue, type ValueType } from '../../domain/value';
import type { SetupFile, SetupFlag, SetupFlagRow, SetupKey, SetupSegment } from '../file';
import type { Condition } from './condition';
import type { Note } from './converter';
import { keyNameFor, nameFor } from './naming';
import { split, type Share } from './split';
import { typeOf } from './value-type';

/** Who gets what: of the users whom the condition takes, the shares. What they leave over falls to the next branch. */
export interface Branch {
  readonly path: string;
  readonly condition: Condition;
  /** What the source calls these users. */
  readonly name?: string;
  readonly shares: readonly Share[];
}

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
  /** Something of it has no counterpart, so it must not be served before somebody has looked at it. */
  readonly lost: boolean;
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

  note(path: string, message: string): void {
    const key = JSON.stringify([path, message]);
    if (!this.noted.has(key)) this.notes.push({ path, message });
    this.noted.add(key);
  }

  /** Members of an object that nothing here reads are noted by name, unless they are known to mean nothing to a user. */
  leftOver(object: object, path: string, read: readonly string[], meaningless: readonly string[] = []): void {
    const names = Object.entries(object)
      .filter(([name, member]) => !read.includes(name) && !meaningless.includes(name) && !empty(member))
      .map(([name]) => name);
    if (names.length > 0) this.note(path, `has no counterpart for ${names.join(', ')}: left out`);
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
    const fitting = keyNameFor(name, (one) => this.keys.has(one));
    if (fitting !== name) this.note(path, `is the key "${fitting}", since a key cannot be named "${name}" here`);
    this.keys.set(fitting, { name: fitting, type, default: defaultValue, description: this.text(path, description), archived: false });
    return fitting;
  }

  /** The name of the segment with such users; `null` for everyone; undefined where no rule says who they are. */
  segment(path: string, condition: Condition, title?: string, description = ''): string | null | undefined {
    if (typeof condition === 'boolean') {
      if (title !== undefined) this.note(path, `is no segment here: it takes ${condition ? 'everyone' : 'nobody'}`);
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
    const name = nameFor(title ?? ruleText(rule), (folded) => this.segments.has(folded));
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
    const name = nameFor(source.title ?? source.name, (folded) => this.flags.has(folded));
    const complete = whole && !source.lost;
    if (!complete) this.note(path, `is the flag "${name}" as a draft, which serves nothing: complete it, then publish it`);
    const status = !complete ? 'DRAFT' : live ? 'LIVE' : 'PAUSED';
    this.flags.set(foldName(name), { name, description: this.text(path, description), key, status, rows });
  }

  private rows({ path, branches, off }: SourceFlag): { readonly rows: readonly SetupFlagRow[]; readonly whole: boolean } {
    let whole = true;
    const rows: SetupFlagRow[] = [];
    for (const branch of branches) {
      if (branch.condition === false) continue;
      const title = branch.condition === true ? undefined : branch.name;
      const segment = this.segment(branch.path, branch.condition, title);
      if (segment === undefined) {
        whole = false;
        continue;
      }
      const { rows: shared, exact } = split(branch.shares);
      if (!exact) this.note(branch.path, 'has shares that are rounded to basis points');
      if (shared.some(({ percentage }) => percentage < WHOLE)) this.note(path, 'has shares of users: who is in which is drawn anew here');
      rows.push(...shared.map(({ percentage, value }) => ({ segment, percentage, value })));
      if (segment === null && shared.at(-1)?.percentage === WHOLE) break;
    }
    // The key's default says it already.
    while (rows.at(-1)?.segment === null && sameJson(rows.at(-1)?.value, off)) rows.pop();
    if (rows.length <= ROWS) return { rows, whole };
    this.note(path, `has ${rows.length} rows here, of which only the first ${ROWS} are carried`);
    return { rows: rows.slice(0, ROWS), whole: false };
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
