import { described, named } from './change-words';
import type { Change, EntityRef, Fact } from './event';
import { sameJson } from './json';
import { noRoom } from './limits';
import { checkText, claimName, copyName, nameTaken, releaseName, textChanges } from './naming';
import type { ProjectState } from './project-state';
import { illegalState, invalid, type Refusal } from './refusal';
import { checkRule, normalizeRule } from './rule-check';
import { ruleText } from './rule-words';
import type { Rule } from './rule';
import type { DecisionContext, Evolve, Slice } from './slice';
import { nothingToCheck, onExisting, type Edit } from './targeting';
import { cleanName, NAME_LENGTH } from './text';
import { refusalIfUsed } from './usage';

/* events */

interface Definition {
  readonly description: string;
  readonly rule: Rule;
}

export type SegmentEvent =
  | Fact<'SegmentCreated', Definition>
  /** Carries the whole copied definition, so that it can be read alone (S4). */
  | Fact<'SegmentCloned', Definition & { readonly source: { readonly id: string; readonly name: string; readonly version: number } }>
  | Fact<'SegmentRenamed', Change<string>>
  | Fact<'SegmentDescribed', Change<string>>
  | Fact<'SegmentRuleChanged', Change<Rule>>
  | Fact<'SegmentArchived', Record<string, never>>
  | Fact<'SegmentRestored', Record<string, never>>;

/* state */

/** A named rule that says which users. */
export interface Segment extends Definition {
  readonly id: string;
  readonly name: string;
  readonly archived: boolean;
}

/* evolve */

const change = (state: ProjectState, { id }: EntityRef, changes: Partial<Segment>): ProjectState => {
  const segment = state.segments.get(id);
  return segment ? { ...state, segments: state.segments.set(id, { ...segment, ...changes }) } : state;
};

const add = (state: ProjectState, { id, name }: EntityRef, { description, rule }: Definition): ProjectState =>
  claimName({ ...state, segments: state.segments.set(id, { id, name, description, rule, archived: false }) }, 'segment', name, id);

const evolve: Evolve<SegmentEvent> = {
  SegmentCreated: (state, { entity, data }) => add(state, entity, data),
  SegmentCloned: (state, { entity, data }) => add(state, entity, data),
  SegmentRenamed: (state, { entity, data, revision }) =>
    change(claimName(releaseName(state, 'segment', data.from, { id: entity.id, revision }), 'segment', data.to, entity.id), entity, {
      name: data.to,
    }),
  SegmentDescribed: (state, { entity, data }) => change(state, entity, { description: data.to }),
  SegmentRuleChanged: (state, { entity, data }) => change(state, entity, { rule: data.to }),
  SegmentArchived: (state, { entity, revision }) =>
    change(releaseName(state, 'segment', entity.name, { id: entity.id, revision }), entity, { archived: true }),
  SegmentRestored: (state, { entity }) => change(claimName(state, 'segment', entity.name, entity.id), entity, { archived: false }),
};

/* commands */

interface OnSegment extends Edit {
  readonly id: string;
}

export type SegmentCommand =
  | { readonly type: 'CreateSegment'; readonly name: string; readonly description?: string; readonly rule: Rule }
  | ({ readonly type: 'EditSegment'; readonly name?: string; readonly description?: string; readonly rule?: Rule } & OnSegment)
  | ({ readonly type: 'CloneSegment'; readonly name?: string } & OnSegment)
  | ({ readonly type: 'ArchiveSegment' } & OnSegment)
  | ({ readonly type: 'RestoreSegment' } & OnSegment);

/* decide */

const target = {
  kind: 'segment' as const,
  id: (command: OnSegment) => command.id,
  find: (state: ProjectState, id: string) => state.segments.get(id),
};

const ref = ({ id, name }: { readonly id: string; readonly name: string }): EntityRef => ({ kind: 'segment', id, name });

const full = (state: ProjectState, { limits }: DecisionContext): Refusal | undefined =>
  noRoom(
    'segments',
    state.segments.count(({ archived }) => !archived),
    limits,
  );

export const segment: Slice<SegmentEvent, SegmentCommand> = {
  schemaVersions: {
    SegmentCreated: 1,
    SegmentCloned: 1,
    SegmentRenamed: 1,
    SegmentDescribed: 1,
    SegmentRuleChanged: 1,
    SegmentArchived: 1,
    SegmentRestored: 1,
  },
  evolve,
  decide: {
    CreateSegment: (state, command, context) => {
      const problems = [...checkText(command), ...checkRule(command.rule, 'rule')];
      if (problems.length > 0) return invalid(...problems);
      const entity = ref({ id: context.newId, name: cleanName(command.name) });
      const data = { description: command.description ?? '', rule: normalizeRule(command.rule) };
      return nameTaken(state, 'segment', entity.name) ?? full(state, context) ?? [{ type: 'SegmentCreated', entity, data }];
    },

    EditSegment: onExisting(
      target,
      (command, was) => [...checkText(command, was), ...(command.rule === undefined ? [] : checkRule(command.rule, 'rule', was.rule))],
      (state, was, command) => {
        const text = textChanges('Segment', { ...was, kind: 'segment' }, command);
        const facts = [...text.facts];
        const rule = command.rule === undefined ? was.rule : normalizeRule(command.rule);
        if (!sameJson(rule, was.rule)) facts.push({ type: 'SegmentRuleChanged', entity: text.ref, data: { from: was.rule, to: rule } });
        if (facts.length === 0) return facts;
        if (was.archived) return illegalState(`The segment "${was.name}" is archived. Restore it before you edit it.`);
        return nameTaken(state, 'segment', text.ref.name, was.id) ?? facts;
      },
    ),

    CloneSegment: onExisting(
      target,
      (command) => checkText(command),
      (state, source, command, context) => {
        const name = command.name === undefined ? copyName(state, 'segment', source.name, NAME_LENGTH) : cleanName(command.name);
        const entity = ref({ id: context.newId, name });
        const version = state.versions.get(`segment:${source.id}`)?.version ?? 0;
        const data = {
          source: { id: source.id, name: source.name, version },
          description: source.description,
          rule: source.rule,
        };
        return nameTaken(state, 'segment', name) ?? full(state, context) ?? [{ type: 'SegmentCloned', entity, data }];
      },
    ),

    ArchiveSegment: onExisting(target, nothingToCheck, (state, was) => {
      if (was.archived) return [];
      return refusalIfUsed(state, ref(was)) ?? [{ type: 'SegmentArchived', entity: ref(was), data: {} }];
    }),

    RestoreSegment: onExisting(target, nothingToCheck, (state, was, _command, context) => {
      if (!was.archived) return [];
      return nameTaken(state, 'segment', was.name) ?? full(state, context) ?? [{ type: 'SegmentRestored', entity: ref(was), data: {} }];
    }),
  },
  sentence: {
    SegmentCreated: ({ entity, data }) => `created segment ${named(entity.name)}: ${ruleText(data.rule)}`,
    SegmentCloned: ({ entity, data }) => `cloned segment ${named(data.source.name)} as ${named(entity.name)}`,
    SegmentRenamed: ({ data }) => `renamed segment ${named(data.from)} to ${named(data.to)}`,
    SegmentDescribed: ({ entity, data }) => described(`segment ${named(entity.name)}`, data),
    SegmentRuleChanged: ({ entity, data }) => `changed the rule of segment ${named(entity.name)} to: ${ruleText(data.to)}`,
    SegmentArchived: ({ entity }) => `archived segment ${named(entity.name)}`,
    SegmentRestored: ({ entity }) => `restored segment ${named(entity.name)}`,
  },
};
