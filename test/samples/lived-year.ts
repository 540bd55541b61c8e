import { catalogue, play } from '../../samples/browser-year/play';
import { Luck } from '../../samples/browser-year/luck';
import { contentOf } from '../../projections/stamp';
import { Reader } from '../../projections/reader';
import { DOCUMENTS } from '../../projections/entities';
import { applyDifferences } from '../audit/apply-differences';
import { ENTITY_KINDS, type EntityKind } from '../../src/domain/event';
import { EXCLUSIVITY } from '../../src/domain/exclusivity';
import { canonical, type Json } from '../../src/domain/json';
import { inPercent } from '../../src/domain/percent';
import { entityKey, type ProjectState } from '../../src/domain/project-state';
import { usagesOf } from '../../src/domain/usage';
import { Stack } from '../fixtures/stack';
import * as operations from '../generated/operations';
import { editable, held } from '../domain/back';

const PROJECT = 'browser';

type Things = ReadonlyMap<string, { readonly version: number; readonly content: { readonly [field: string]: Json } }>;

/** With the parts of each value, which say what a name in it means. */
const DIFF = `query ($projectId: ID!, $from: AsOfInput!, $to: AsOfInput!, $first: Int, $after: String) {
  diff(projectId: $projectId, from: $from, to: $to, first: $first, after: $after) {
    nodes {
      entity { kind entityId }
      versionAfter
      changes { path beforeParts { kind text entity { entityId } } afterParts { kind text entity { entityId } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Part {
  readonly kind: string;
  readonly text: string;
  readonly entity: { readonly entityId: string } | null;
}

interface Diffed {
  readonly diff: {
    readonly nodes: readonly {
      readonly entity: { readonly kind: string; readonly entityId: string };
      readonly versionAfter: number | null;
      readonly changes: readonly { readonly path: string; readonly beforeParts: Part[] | null; readonly afterParts: Part[] | null }[];
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** The value as events have it: things by their ids, not by their names. */
function byIds(parts: readonly Part[]): Json {
  return JSON.parse(parts.map(({ text, entity }) => (entity === null ? text : JSON.stringify(entity.entityId))).join('')) as Json;
}

/**
 * A year of work on the browser studies, and the state that every command was decided on, kept while it was played: nothing that projections, snapshots
 * or the history made goes into it.
 */
export class LivedYear {
  private readonly states = new Map<number, ProjectState>();
  private readonly luck: Luck;
  refusals = 0;

  private constructor(
    readonly stack: Stack,
    seed: number,
  ) {
    this.luck = new Luck(seed + 1);
  }

  static async play(acts: number, seed: number): Promise<LivedYear> {
    const year = new LivedYear(await Stack.start(), seed);
    const plan = { projectId: PROJECT, setup: catalogue(), acts, seed, begins: Date.UTC(2025, 0, 1) };
    await play(year.stack.store, plan, {
      reported: (_act, outcome, state) => {
        if (outcome.kind === 'refused') year.refusals += 1;
        else year.states.set(state.head.revision, state);
      },
    });
    await year.stack.projector.reached(PROJECT, year.last, 60_000);
    return year;
  }

  /** The revision that it ends with. */
  get last(): number {
    return Math.max(...this.states.keys());
  }

  /** So many revisions at which a command ended, in no order. */
  revisions(count: number): number[] {
    return this.luck.some([...this.states.keys()], count);
  }

  /** What was recorded. */
  recorded(revision: number): Things {
    return thingsOf(this.states.get(revision)!);
  }

  /** What was recorded, with shares in percent, as differences have them. */
  recordedInPercent(revision: number): Things {
    return new Map(
      Array.from(this.recorded(revision), ([id, { version, content }]) => {
        return [id, { version, content: inPercent(id.split(':')[0] as EntityKind, content) }];
      }),
    );
  }

  /** The project as of the revision: every document of every kind, found through its list. */
  async shown(revision: number): Promise<Things> {
    const reader = await this.readerAt(revision);
    const shown = new Map<string, { version: number; content: { readonly [field: string]: Json } }>();
    for (const kind of ENTITY_KINDS) {
      const sort = { by: 'created', descending: false } as const;
      const { rows } = await reader.list(DOCUMENTS[kind], PROJECT, { sort, limit: 100_000, from: 'start' });
      for (const { key, document } of rows) shown.set(entityKey(kind, key.id), { version: document.version, content: contentOf(document) });
    }
    return shown;
  }

  /** Who uses the keys and segments there are, by the recorded state, and as of then. */
  async users(revision: number): Promise<readonly [string, string]> {
    const state = this.states.get(revision)!;
    const reader = await this.readerAt(revision);
    const used = [
      ...this.luck.some([...state.keys.keys()], 5).map((id) => ({ kind: 'key', id }) as const),
      ...this.luck.some([...state.segments.keys()], 5).map((id) => ({ kind: 'segment', id }) as const),
    ];
    const shown = await Promise.all(used.map((use) => reader.usagesOf(PROJECT, use)));
    return [canonical(used.map((use) => usagesOf(state, use))), canonical(shown)];
  }

  /** What the differences between two revisions, read from the API page by page, make of what was recorded at the first; shares in percent. */
  async carriedOver(from: number, to: number): Promise<Things> {
    const things = new Map(this.recordedInPercent(from));
    const variables = { projectId: PROJECT, from: { revision: from }, to: { revision: to }, first: 20 };
    for (let after: string | null = null, more = true; more;) {
      const { diff }: Diffed = await this.stack.ask(DIFF, { ...variables, after });
      for (const { entity, versionAfter, changes } of diff.nodes) {
        const id = entityKey(entity.kind.toLowerCase() as EntityKind, entity.entityId);
        const before = things.get(id)?.content;
        const content = applyDifferences(
          before,
          changes.map(({ path, beforeParts, afterParts }) => ({
            path,
            ...(beforeParts === null ? {} : { before: byIds(beforeParts) }),
            ...(afterParts === null ? {} : { after: byIds(afterParts) }),
          })),
        );
        if (versionAfter === null) things.delete(id);
        else things.set(id, { version: versionAfter, content: content as { readonly [field: string]: Json } });
      }
      ({ endCursor: after, hasNextPage: more } = diff.pageInfo);
    }
    return things;
  }

  /** Brings what a random event was about back to what it was after it, and says what the outcome was. */
  async revertSomething(): Promise<'went back' | 'refused'> {
    const { luck, stack } = this;
    const events = await stack.events(PROJECT);
    const event = luck.pick(events.slice(0, this.last + 1))!;
    const { kind, id } = event.entity;
    // The first state that was recorded with the event in it: a command may have had several.
    const recorded = [...this.states.values()].find(({ head }) => head.revision >= event.revision)!;
    const toVersion = recorded.versions.get(entityKey(kind, id))!.version;
    const now = await this.stateNow();
    const running = [...now.experiments.values()].filter(({ status }) => status === 'RUNNING');
    const input = {
      projectId: PROJECT,
      acknowledge: { baselineOf: running.map((experiment) => `${PROJECT}/experiment/${experiment.id}`) },
      id: kind === 'project' ? PROJECT : `${PROJECT}/${kind}${kind === 'exclusivity' ? '' : `/${id}`}`,
      toVersion,
    };
    const { revert } = await stack.ask(operations.RevertDocument, { input });
    const then = held(recorded, kind, id);
    if (revert.__typename === 'Reverted') {
      expect(editable(held(await this.stateNow(), kind, id))).toEqual(editable(then));
      return 'went back';
    }
    if (revert.__typename !== 'CannotRevert') throw new Error(`it was answered with ${JSON.stringify(revert)}`);
    expect(await stack.events(PROJECT)).toHaveLength(events.length);
    for (const { path, code, usages } of revert.obstacles) {
      // Everything listed differs, or is whether it is archived; and what it meets is there.
      if (code === 'IN_USE') expect(usages.length).toBeGreaterThan(0);
      if (code === 'ILLEGAL_STATE' && path !== 'archived') expect(now.experiments.get(id)?.started).not.toBeNull();
      expect(['INVALID_INPUT', 'ALREADY_EXISTS', 'LIMIT_REACHED', 'IN_USE', 'ILLEGAL_STATE']).toContain(code);
      const [name = ''] = path.split(/[.[]/);
      if (!['archived', 'design', 'enabled'].includes(name)) {
        const field = (thing: object | undefined): unknown => (thing as { readonly [name: string]: unknown } | undefined)?.[name];
        expect(canonical(field(then))).not.toBe(canonical(field(held(now, kind, id))));
      }
    }
    return 'refused';
  }

  private async readerAt(revision: number): Promise<Reader> {
    const view = await this.stack.asOf.at(PROJECT, { kind: 'revision', revision });
    return new Reader(view!.readModel);
  }

  private stateNow(): Promise<ProjectState> {
    return this.stack.loadProject(PROJECT);
  }
}

/** Every thing in a state that commands are decided on. */
function thingsOf(state: ProjectState): Things {
  const { keys: key, segments: segment, goals: goal, flags: flag, configs: config, experiments: experiment } = state;
  const things = Object.entries({ key, segment, goal, flag, config, experiment }).flatMap(([kind, entities]) =>
    [...(entities as Iterable<[string, object]>)].map(([id, entity]) => [entityKey(kind as EntityKind, id), entity] as const),
  );
  const all: (readonly [string, object])[] = [
    [entityKey('project', PROJECT), state.project!],
    [entityKey(EXCLUSIVITY.kind, EXCLUSIVITY.id), { enabled: state.exclusivity }],
    ...things,
  ];
  return new Map(all.map(([id, entity]) => [id, { version: state.versions.get(id)?.version ?? 0, content: contentOf(entity) }]));
}

/** In one text, whatever the order of the things. */
export function reported(things: Things): string {
  return canonical(Object.fromEntries(things));
}
