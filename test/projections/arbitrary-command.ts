import fc from 'fast-check';
import type { Command } from '../../src/domain/command';
import type { ProjectState } from '../../src/domain/project-state';
import type { Rule } from '../../src/domain/rule';

/** What someone wants, before it is known what there is: `picks` choose among the things of the project as it is then. */
export interface Wish {
  readonly verb: number;
  readonly picks: readonly number[];
}

/** Evenly spread: by itself fast-check prefers small numbers, and the verbs at the end would hardly come up. */
const pick = fc.noBias(fc.nat(10_000));

export const arbitraryWish: fc.Arbitrary<Wish> = fc.record({ verb: pick, picks: fc.array(pick, { minLength: 6, maxLength: 6 }) });

const NAMES = ['Alpha', 'beta', 'Straße', '日本', 'Ωmega', '𝒳 marks', 'zeta'];
const KEYS = ['dark_mode', 'Theme', 'a.b-c', '_x', 'constructor'];
const RULES: readonly Rule[] = [
  { property: { name: 'geo.country', operator: 'EQUALS', value: 'US' } },
  { did: { event: 'Purchase', window: { lastDays: 30 } } },
];

/** The command that fulfils the wish; it may well be refused. Few names and things, so that commands meet. */
export function commandFor({ verb, picks }: Wish, state: ProjectState): Command {
  const of = <T>(things: readonly T[], at: number): T => things[picks[at]! % things.length] as T;
  const idIn = (things: { keys(): IterableIterator<string> }, at = 0): string =>
    (picks[at]! % 17 === 0 ? undefined : of([...things.keys()], at)) ?? 'missing';
  const some = (things: { keys(): IterableIterator<string> }, at: number): string[] =>
    [...things.keys()].filter((_id, index) => (picks[at]! >> index) & 1);
  const key = idIn(state.keys, 1);
  const keys = [...new Set([key, idIn(state.keys, 5)])].filter((name) => name !== 'missing');
  const segment = of([null, ...state.segments.keys()], 2);
  const goals = some(state.goals, 3).slice(0, 5);
  const name = of(NAMES, 4);
  const description = of(['', 'a', 'b'], 5);
  const flagRows = [{ segment, percentage: picks[3]! % 10_001, value: picks[4]! }].slice(picks[5]! % 2);
  const configRows = [{ segment, values: keys.map((each) => ({ key: each, value: picks[3]! })) }];
  const values = keys.map((each) => ({ key: each, value: picks[4]! }));
  const variants = [
    { name: 'control', control: true, weight: 4_000, values: [] },
    { name: 'other', control: false, weight: 6_000, values },
  ];
  const flag = idIn(state.flags);
  const config = idIn(state.configs);
  const experiment = idIn(state.experiments);
  const design = { audience: segment, traffic: picks[3]! % 5_000, variants, keys, goals };
  const commands: readonly Command[] = [
    { type: 'EditProject', id: state.project?.id ?? 'none', name, description },
    { type: 'CreateKey', name: of(KEYS, 0), valueType: 'NUMBER', defaultValue: picks[1]!, description },
    { type: 'CreateKey', name: of(KEYS, 0), valueType: 'NUMBER', defaultValue: picks[1]!, description },
    { type: 'EditKey', name: key, defaultValue: picks[2]! % 3, description },
    { type: 'ArchiveKey', name: key },
    { type: 'RestoreKey', name: key },
    { type: 'CreateSegment', name, description, rule: of(RULES, 0) },
    { type: 'EditSegment', id: idIn(state.segments), name, description, rule: of(RULES, 1) },
    { type: 'CloneSegment', id: idIn(state.segments) },
    { type: 'ArchiveSegment', id: idIn(state.segments) },
    { type: 'RestoreSegment', id: idIn(state.segments) },
    { type: 'CreateGoal', name, event: 'Purchase', description },
    { type: 'EditGoal', id: idIn(state.goals), name, description, event: of(['Purchase', 'Order'], 1) },
    { type: 'ArchiveGoal', id: idIn(state.goals) },
    { type: 'RestoreGoal', id: idIn(state.goals) },
    { type: of(['EnableExclusivity', 'DisableExclusivity'], 0) },
    { type: 'CreateHoldout', name, share: picks[3]! % 2_500 },
    { type: 'EndHoldout', id: idIn(state.holdouts) },
    { type: 'CreateFlag', name, key, rows: flagRows, description },
    { type: 'EditFlag', id: flag, name, description, rows: flagRows },
    { type: 'PublishFlag', id: flag },
    { type: 'PublishFlag', id: flag },
    { type: 'PauseFlag', id: flag },
    { type: 'ResumeFlag', id: flag },
    { type: 'ArchiveFlag', id: flag },
    { type: 'RestoreFlag', id: flag },
    { type: 'CreateConfig', name, keys, rows: configRows, description },
    { type: 'EditConfig', id: config, name, description, keys, rows: configRows },
    { type: 'PublishConfig', id: config },
    { type: 'PublishConfig', id: config },
    { type: 'PauseConfig', id: config },
    { type: 'ResumeConfig', id: config },
    { type: 'ArchiveConfig', id: config },
    { type: 'RestoreConfig', id: config },
    { type: 'CreateExperiment', name, description, ...design },
    { type: 'CreateExperiment', name, description, ...design },
    { type: 'EditExperiment', id: experiment, name, description, ...design },
    {
      type: 'EditExperiment',
      id: experiment,
      goals: [...new Set([...(state.experiments.get(experiment)?.goals ?? []).map(({ id }) => id), ...goals])],
    },
    { type: 'EditExperiment', id: experiment, exclusive: picks[3]! % 2 === 0 },
    { type: 'StartExperiment', id: experiment },
    { type: 'RaiseExperimentTraffic', id: experiment, traffic: 5_000 + (picks[3]! % 5_001) },
    { type: 'ChangeExperimentTraffic', id: experiment, traffic: picks[3]! % 10_001 },
    { type: 'StopExperiment', id: experiment },
    { type: 'RollOutExperiment', id: experiment, variant: 'v2' },
    {
      type: 'RecordDecision',
      id: experiment,
      decision: of(['SHIP', 'KEEP_CONTROL', 'INCONCLUSIVE'], 2),
      reason: name,
      found: { revision: state.head.revision, mark: state.head.hash.slice(0, 16), receivedUpTo: picks[3]!, digest: state.head.hash },
    },
    { type: of(['ArchiveExperiment', 'RestoreExperiment'], 1), id: experiment },
    { type: 'ArchiveMany', items: keys.map((id) => ({ kind: 'key', id })) },
  ];
  return commands[verb % commands.length]!;
}
