import { join } from 'node:path';
import ts from 'typescript';

const SOURCE = join(__dirname, 'vocabulary-types.ts');

/** Lines for the fields of something, by what it is called. */
export type Fields = ReadonlyMap<string, readonly string[]>;

export interface TypedFields {
  /** The data of each type of event. */
  readonly events: Fields;
  readonly commands: Fields;
  /** Shapes that several types share: other lines give their names. */
  readonly shapes: Fields;
}

/** The fields of the types that `vocabulary-types.ts` exports, as the compiler sees them. */
export function typedFields(): TypedFields {
  const program = ts.createProgram([SOURCE], { strict: true, noUncheckedIndexedAccess: true, target: ts.ScriptTarget.ES2023, types: [] });
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(SOURCE) as ts.SourceFile) as ts.Symbol);
  const typeOf = (name: string): ts.Type => checker.getDeclaredTypeOfSymbol(exported.find((symbol) => symbol.name === name) as ts.Symbol);
  const fieldOf = (type: ts.Type, name: string): ts.Type => checker.getTypeOfSymbol(type.getProperty(name) as ts.Symbol);
  const byType = (union: ts.Type, read: (member: ts.Type) => readonly string[]): Fields =>
    sorted(
      membersOf(union).flatMap((member) => {
        const names = membersOf(fieldOf(member, 'type')) as readonly ts.StringLiteralType[];
        return names.map(({ value }) => [value, read(member)] as const);
      }),
    );

  const shapes = checker.getPropertiesOfType(typeOf('Shapes')).map((shape) => [shape.name, checker.getTypeOfSymbol(shape)] as const);
  const reader = new FieldReader(checker, new Map(shapes.map(([name, type]) => [identityOf(type), name])));
  return {
    events: byType(typeOf('Events'), (event) => reader.value(fieldOf(event, 'data'), 'data')),
    commands: byType(typeOf('Commands'), (command) => reader.object(command, '', ['type'])),
    shapes: new Map(shapes.map(([name, type]) => [name, reader.shape(type, name)])),
  };
}

const sorted = (fields: readonly (readonly [string, readonly string[]])[]): Fields =>
  new Map([...fields].sort(([a], [b]) => (a < b ? -1 : 1)));

const byName = (a: ts.Symbol, b: ts.Symbol): number => (a.name < b.name ? -1 : 1);
const isAbsent = ({ flags }: ts.Type): boolean => (flags & ts.TypeFlags.Undefined) !== 0;
/** What the type can be, if it is there. */
const membersOf = (type: ts.Type): readonly ts.Type[] => (type.isUnion() ? type.types : [type]).filter((member) => !isAbsent(member));

/** The same for a type and for the same type or undefined. */
const identityOf = (type: ts.Type): string =>
  membersOf(type)
    .map((member) => (member as ts.Type & { readonly id: number }).id)
    .sort((a, b) => a - b)
    .join();

/** Writes types as paths with what may be there, by their structure: a type or file that is renamed reads the same. */
class FieldReader {
  constructor(
    private readonly checker: ts.TypeChecker,
    /** The names of shapes, by their identities. */
    private readonly shapes: ReadonlyMap<string, string>,
  ) {}

  /** `path` names what has the type. */
  value(type: ts.Type, path: string): readonly string[] {
    const shape = this.shapes.get(identityOf(type));
    return shape === undefined ? this.shape(type, path) : [`${path}: ${shape}`];
  }

  /** The same, of a shape itself. */
  shape(type: ts.Type, path: string): readonly string[] {
    const members = membersOf(type);
    if (members.some((member) => this.isRecord(member))) return [`${path}: JSON`];
    const lists = members.filter((member) => this.checker.isArrayType(member));
    const objects = members.filter(
      (member) => !lists.includes(member) && member.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection),
    );
    const plain = members.filter((member) => !lists.includes(member) && !objects.includes(member));
    const alternatives = objects.map((object) => {
      const lines = this.object(object, `${path}${objects.length > 1 ? '|' : '.'}`);
      return lines.length > 0 ? lines : [`${path}: {}`];
    });
    return [
      ...(plain.length > 0 ? [`${path}: ${this.plain(plain)}`] : []),
      ...lists.flatMap((list) => this.value(this.checker.getTypeArguments(list as ts.TypeReference)[0] as ts.Type, `${path}[]`)),
      // Sorted, as all unions: the compiler's own order follows what it has read before.
      ...alternatives.sort((a, b) => (a.join() < b.join() ? -1 : 1)).flat(),
    ];
  }

  object(type: ts.Type, prefix: string, without: readonly string[] = []): readonly string[] {
    const properties = this.checker.getPropertiesOfType(type).filter(({ name }) => !without.includes(name));
    return properties.sort(byName).flatMap((property) => {
      const optional = property.flags & ts.SymbolFlags.Optional ? '?' : '';
      return this.value(this.checker.getTypeOfSymbol(property), `${prefix}${property.name}${optional}`);
    });
  }

  /** An object of any members. */
  private isRecord(type: ts.Type): boolean {
    const values = this.checker.getIndexTypeOfType(type, ts.IndexKind.String);
    return values !== undefined && !this.checker.isArrayType(type) && !(values.flags & ts.TypeFlags.Never);
  }

  private plain(types: readonly ts.Type[]): string {
    const words = types.map((type) => this.checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation));
    const boolean = words.includes('true') && words.includes('false');
    const others = words.filter((word) => !boolean || (word !== 'true' && word !== 'false'));
    return [...(boolean ? ['boolean'] : []), ...others].sort().join(' | ');
  }
}
