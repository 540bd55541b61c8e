import { isMap, isScalar, isSeq, type Document, type ParsedNode, type YAMLMap } from 'yaml';
import { excerpt } from '../domain/text';

/** The offset at which a document says what is at the path, or, where there is no such thing, the nearest above it. */
export function offsetOf(document: Document.Parsed, path: string): number {
  return document.contents === null ? 0 : find(document.contents, path, document.contents.range[0]).offset;
}

interface Found {
  readonly offset: number;
  /** How much of the path it accounts for. */
  readonly length: number;
}

/**
 * A member's name may itself have dots (`home.title` is a good key), so every member that the path can begin with is looked into,
 * and the one that accounts for most of it is taken.
 */
function find(node: ParsedNode | null, path: string, offset: number): Found {
  const found: Found = { offset, length: 0 };
  if (path === '') return found;
  if (isSeq(node)) {
    const [index = ''] = path.split('.', 1);
    const item = /^\d+$/.test(index) ? (node.items[Number(index)] as ParsedNode | undefined) : undefined;
    return item === undefined ? found : deeper(item, path, index, item.range[0]);
  }
  if (!isMap(node)) return found;
  return (node as YAMLMap.Parsed).items
    .flatMap(({ key, value }) => {
      const name = isScalar(key) ? excerpt(String(key.value)) : undefined;
      return name !== undefined && (path === name || path.startsWith(`${name}.`)) ? [deeper(value, path, name, begin(key, value))] : [];
    })
    .reduce((best, one) => (one.length > best.length ? one : best), found);
}

function deeper(node: ParsedNode | null, path: string, name: string, offset: number): Found {
  const below = find(node, path.slice(name.length + 1), offset);
  return { offset: below.offset, length: below.length + name.length };
}

/** A member is found at its value if that begins in the same line, else at its name. */
function begin(key: ParsedNode, value: ParsedNode | null): number {
  if (value === null || ((isMap(value) || isSeq(value)) && value.flow !== true)) return key.range[0];
  return isScalar(value) && value.source === '' ? key.range[0] : value.range[0];
}
