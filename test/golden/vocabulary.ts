import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObjectType } from 'graphql';
import { buildExperienceSchema } from '../../schema/build';
import { rightOf } from '../../schema/permissions';
import { may, type Right } from '../../src/application/authorization';
import { ALL_PROJECTS, ROLES, type Role } from '../../src/application/caller';
import { ENTITY_KINDS, type Envelope } from '../../src/domain/event';
import { changedFields, schemaVersions, upcasts } from '../../src/domain/decider';
import { createUpcaster } from '../../src/event-store/upcast';
import { setupSchemaText } from '../../src/setup/file-schema';
import { typedFields, type Fields } from './typed-fields';

/**
 * What the outside of the ledger is made of, one text for each file beside this one. Work on the inside keeps them byte for byte; a change of
 * one of them is a change of the API, of what is stored, or of who may do what. `npm run golden` writes them.
 */
export function vocabulary(): Readonly<Record<string, string>> {
  const { events, commands, shapes } = typedFields();
  const versioned = new Map([...events].map(([type, lines]) => [`${type} v${schemaVersions.get(type)}`, lines]));
  return {
    'rights.txt': textOf(rights()),
    'event-fields.txt': textOf(versioned, shapes),
    'command-fields.txt': textOf(commands, shapes),
    'history-fields.txt': textOf(historyFields()),
    'setup-sections.txt': textOf(setupSections()),
  };
}

const upcast = createUpcaster(schemaVersions, upcasts, new Set());

export const GOLDEN = __dirname;

const textOf = (...parts: readonly Fields[]): string =>
  parts.flatMap((part) => [...part].map(([name, lines]) => [name, ...lines.map((line) => `  ${line}`)].join('\n'))).join('\n\n') + '\n';

/** Each operation of the schema, and what is inside a project, with the roles that may call it, in one project or only where the role holds in all. */
function rights(): Fields {
  const schema = buildExperienceSchema();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType(), schema.getType('Project')];
  return new Map(
    roots.filter(isObjectType).map((root) => {
      const operations = Object.keys(root.getFields()).sort().filter((field) => rightOf(`${root.name}.${field}`) !== undefined);
      return [root.name, operations.map((operation) => `${operation}: ${rolesFor(rightOf(`${root.name}.${operation}`))}`)];
    }),
  );
}

function rolesFor(right: Right | null | undefined): string {
  if (right === undefined || right === null) return 'everybody';
  const granted = (role: Role, project: string): boolean => may({ grants: new Map([[project, new Set([role])]]) }, right, 'shop');
  const roles = ROLES.filter((role) => granted(role, ALL_PROJECTS));
  return roles.map((role) => role + (granted(role, 'shop') ? '' : ' in every project')).join(', ');
}

/** Of each kind of thing: what its events say was and is, as history shows it. Read off the examples of every event type. */
function historyFields(): Fields {
  const examples = JSON.parse(readFileSync(join(GOLDEN, 'events-v1.json'), 'utf8')) as readonly Envelope[];
  const namesOf = (fields: object | undefined): string => Object.keys(fields ?? {}).sort().join(', ') || '-';
  return new Map(
    ENTITY_KINDS.map((kind) => {
      const lines = examples.filter(({ entity }) => entity.kind === kind).map((event) => {
        const { before, after } = changedFields(upcast(event) ?? event) ?? {};
        return `${event.type}: ${namesOf(before)} -> ${namesOf(after)}`;
      });
      return [kind, [...new Set(lines)].sort()];
    }),
  );
}

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
}

/** The sections of a set-up file with their fields. Their limits are in `schema/setup.schema.json`. */
function setupSections(): Fields {
  const { properties = {}, required = [] } = JSON.parse(setupSchemaText()) as JsonSchema;
  return new Map(Object.entries(properties).map(([name, section]) => [name + (required.includes(name) ? '' : '?'), sectionLines(section, '')]));
}

function sectionLines(schema: JsonSchema, path: string): readonly string[] {
  const { properties, required = [], items, additionalProperties } = schema;
  if (items) return sectionLines(items, `${path}[]`);
  if (additionalProperties) return sectionLines(additionalProperties, `${path}.<name>`);
  if (!properties) {
    const options = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
    const type = options?.map((option) => JSON.stringify(option)).join(' | ') ?? schema.$ref?.replace('#/$defs/', '') ?? schema.type ?? 'JSON';
    return [path === '' ? type : `${path}: ${type}`];
  }
  const prefix = path === '' ? '' : `${path}.`;
  return Object.entries(properties).flatMap(([name, field]) => sectionLines(field, `${prefix}${name}${required.includes(name) ? '' : '?'}`));
}

if (require.main === module) for (const [file, text] of Object.entries(vocabulary())) writeFileSync(join(GOLDEN, file), text);
