import { isMap, isScalar, isSeq, type Document, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { Json } from '../domain/json';
import { excerpt } from '../domain/text';
import type { TextProblem } from './document';
import { below } from './shape';

export const NO_TAGS = 'must not have a tag (!): types follow from how a value is written, such as "1" and 1';

/** What a document says, as plain JSON, or undefined where it says something else: then the faults say what. At most so many are found. */
export function contentOf(document: Document.Parsed, faults: TextProblem[], most: number): Json | undefined {
  return new Reading(faults, most).read(document.contents, '');
}

class Reading {
  constructor(
    private readonly faults: TextProblem[],
    private readonly most: number,
  ) {}

  /** It recurses: the document's depth has been bounded. */
  read(node: ParsedNode | null, path: string): Json | undefined {
    if (this.faults.length >= this.most) return undefined;
    if (node === null) return null;
    const wrong = this.props(node);
    if (wrong !== undefined) return this.fault(node, path, wrong);
    if (isMap(node)) return this.object(node as YAMLMap.Parsed, path);
    if (isSeq(node)) return node.items.map((item, index) => this.read(item as ParsedNode, below(path, String(index))) ?? null);
    return isScalar(node) ? this.scalar(node as Scalar.Parsed, path) : null;
  }

  private props(node: ParsedNode): string | undefined {
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return 'must not be an alias: write out what it stands for';
    if (node.anchor !== undefined) return 'must not have an anchor (&): aliases are not part of this format, so write things out';
    if (node.tag !== undefined) return NO_TAGS;
    return undefined;
  }

  private object(node: YAMLMap.Parsed, path: string): Json {
    const members: [name: string, member: Json][] = [];
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      if (this.faults.length >= this.most) break;
      const name = this.name(key, path);
      if (name === undefined) continue;
      if (seen.has(name)) this.fault(key, below(path, name), 'is given twice here: leave one out');
      seen.add(name);
      members.push([name, this.read(value, below(path, name)) ?? null]);
    }
    return Object.fromEntries(members);
  }

  private name(key: ParsedNode, path: string): string | undefined {
    const wrong = isScalar(key) ? this.props(key) : 'must have a text for a name';
    if (wrong !== undefined) return void this.fault(key, path, wrong);
    const { value, source } = key as Scalar.Parsed;
    if (typeof value !== 'string') return void this.fault(key, path, `must have a text for a name: write "${excerpt(source)}" in quotes`);
    if (value === '__proto__') return void this.fault(key, path, 'must not have a member "__proto__", which JavaScript keeps for itself');
    return value;
  }

  private scalar(node: Scalar.Parsed, path: string): Json {
    const { value, source } = node;
    if (typeof value !== 'number') return value as Json;
    if (!Number.isFinite(value)) return this.fault(node, path, `must be a finite number, not ${excerpt(source)}`) ?? null;
    if (!exact(value, source))
      this.fault(node, path, 'must be a number of fewer digits: this one would be changed. In quotes it is a text');
    return Object.is(value, -0) ? 0 : value;
  }

  private fault(node: ParsedNode, path: string, message: string): undefined {
    this.faults.push({ offset: node.range[0], path, message });
    return undefined;
  }
}

/** Whether a whole number comes through as it was written: above 2^53 most do not. */
function exact(value: number, source: string): boolean {
  if (Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(source)) return true;
  return String(value) === source.replace(/^\+|^0+/g, '') || BigInt(value) === BigInt(source.replace(/^\+/, ''));
}
