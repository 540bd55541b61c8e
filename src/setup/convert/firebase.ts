import { z } from 'zod';
import type { Json } from '../../domain/json';
import { VALUE_TYPES, type ValueType } from '../../domain/value';
import { excerpt } from '../../domain/text';
import { OF_FIREBASE } from './differences';
import { converter } from './converter';
import type { Branch } from './branch';
import { type Draft, neutral } from './draft';
import { bandOf, both, EVERY_DRAW, type Draw, type Share } from './draw';
import { parseExpression, type FirebaseCondition } from './firebase-condition';
import { taken } from './parts';

const valueSchema = z.looseObject({
  value: z.string().optional(),
  useInAppDefault: z.boolean().optional(),
  rolloutValue: z.looseObject({ rolloutId: z.string().optional(), value: z.string(), percent: z.number().optional() }).optional(),
});
const parameterSchema = z.looseObject({
  defaultValue: valueSchema.optional(),
  conditionalValues: z.record(z.string(), valueSchema).optional(),
  description: z.string().optional(),
  valueType: z.enum([...VALUE_TYPES, 'PARAMETER_VALUE_TYPE_UNSPECIFIED']).optional(),
});
type Parameter = z.output<typeof parameterSchema>;
type Value = z.output<typeof valueSchema>;
const parameters = z.record(z.string(), parameterSchema).optional();
const schema = z.looseObject({
  conditions: z.array(z.looseObject({ name: z.string(), expression: z.string() })).optional(),
  parameters,
  parameterGroups: z.record(z.string(), z.looseObject({ parameters })).optional(),
});

interface Named {
  readonly name: string;
  /** Undefined where it has no counterpart. */
  readonly parsed: FirebaseCondition | undefined;
  readonly path: string;
}

/** https://firebase.google.com/docs/reference/remote-config/rest/v1/RemoteConfig: a template, whose first condition that holds decides. */
export const firebase = converter('firebase', 'Firebase Remote Config', schema, OF_FIREBASE, (source, draft) => {
  if (draft.leftOver(source, '', { read: ['conditions', 'parameters', 'parameterGroups'], bookkeeping: ['version', 'etag'] }))
    draft.draftAll();
  const groups = Object.values(source.parameterGroups ?? {}).map((group) => group.parameters ?? {});
  const flags = [source.parameters ?? {}, ...groups].flatMap((named) => Object.keys(named).map((name) => ({ name })));
  draft.reserve({ flags, segments: (source.conditions ?? []).map(({ name }) => name) });
  const conditions = (source.conditions ?? []).map(({ name, expression, ...rest }, index): Named => {
    const path = `conditions.${index}`;
    const unknown = draft.leftOver(rest, path, { kind: 'conditions', read: [], words: ['description'], bookkeeping: ['tagColor'] });
    const parsed = parseExpression(expression);
    if ('unknown' in parsed) draft.note(path, `"${excerpt(name)}" has no counterpart: ${excerpt(parsed.unknown)}`);
    if (unknown || 'unknown' in parsed) return { name, parsed: undefined, path };
    const part = partOf(parsed.draw);
    draft.segment(path, parsed.condition, parsed.condition === true && part < 1 ? undefined : name);
    if (part < 1) draft.note(path, `"${excerpt(name)}" draws ${percentText(part)} of users: the rows for it do so, each anew`);
    return { name, parsed, path };
  });
  const add = (path: string, named: typeof source.parameters): void => {
    for (const [name, parameter] of Object.entries(named ?? {}))
      addParameter(draft, `${path}.${excerpt(name)}`, name, parameter, conditions);
  };
  add('parameters', source.parameters);
  for (const [name, group] of Object.entries(source.parameterGroups ?? {})) {
    draft.note(`parameterGroups.${excerpt(name)}`, 'groups have no counterpart: its parameters are carried, its name is not');
    add(`parameterGroups.${excerpt(name)}.parameters`, group.parameters);
  }
  draft.note('', 'device.country is geo.country here; a user property or custom signal has the name that it has in Firebase');
});

function addParameter(draft: Draft, path: string, name: string, parameter: Parameter, conditions: readonly Named[]): void {
  let lost = draft.leftOver(parameter, path, { read: ['defaultValue', 'conditionalValues', 'description', 'valueType'] });
  const { valueType = 'STRING', conditionalValues = {}, description = '', defaultValue } = parameter;
  const type: ValueType = valueType === 'PARAMETER_VALUE_TYPE_UNSPECIFIED' ? 'STRING' : valueType;
  const lose = (at: string, message: string): undefined => {
    lost = true;
    draft.note(at, message);
    return undefined;
  };
  const given = defaultValue?.value === undefined ? undefined : typed(type, defaultValue.value);
  if (defaultValue?.value !== undefined && given === undefined)
    lose(`${path}.defaultValue`, `${excerpt(defaultValue.value)} is no ${type}`);
  if (draft.leftOver(defaultValue ?? {}, `${path}.defaultValue`, { read: ['value', 'useInAppDefault'] })) lost = true;
  if (given === undefined)
    draft.note(`${path}.defaultValue`, `is not a fixed value: the key's default is ${JSON.stringify(neutral(type))}`);
  const off = given === undefined ? neutral(type) : given.value;
  const branches = conditions.flatMap((condition): readonly Branch[] => {
    if (!Object.hasOwn(conditionalValues, condition.name)) return [];
    const at = `${path}.conditionalValues.${excerpt(condition.name)}`;
    const share = shareOf(conditionalValues[condition.name] ?? {}, type, at, lose);
    if (condition.parsed === undefined) lose(at, `depends on "${excerpt(condition.name)}", which has no counterpart`);
    if (condition.parsed === undefined || share === undefined) return [];
    const shares = [{ draw: both(condition.parsed.draw, share.draw), value: share.value }].filter(({ draw }) => partOf(draw) > 0);
    return [{ path: at, condition: condition.parsed.condition, name: condition.name, shares }];
  });
  for (const unknown of Object.keys(conditionalValues).filter((one) => !conditions.some((condition) => condition.name === one))) {
    lose(`${path}.conditionalValues.${excerpt(unknown)}`, 'is for a condition that the template does not have');
  }
  const values = branches.flatMap(({ shares }) => shares.map(({ value }) => value));
  if (branches.length === 0 && !lost) draft.key(path, name, [], off, description, type);
  else draft.flag({ path, name, description, off, values, type, live: true, branches, lost });
}

type LoseValue = (path: string, message: string) => undefined;

function shareOf(given: Value, type: ValueType, path: string, lose: LoseValue): Share<Json> | undefined {
  const { value, useInAppDefault, rolloutValue, ...rest } = given;
  if (useInAppDefault === true) return lose(path, "gives what the app's code says, which has no counterpart");
  const { rolloutId, value: ofRollout, percent = Number.NaN, ...more } = rolloutValue ?? { value: undefined, percent: 100 };
  const others = [
    ...Object.keys(rest),
    ...Object.keys(more),
    ...(value !== undefined && rolloutValue !== undefined ? ['rolloutValue'] : []),
  ];
  const text = value ?? ofRollout;
  if (text === undefined || others.length > 0)
    return lose(path, `gives ${excerpt(others.join(', ') || 'nothing')}, which has no counterpart`);
  const found = typed(type, text);
  if (found === undefined) return lose(path, `${excerpt(text)} is no ${type}`);
  if (rolloutValue === undefined) return { draw: EVERY_DRAW, value: found.value };
  if (!(percent >= 0 && percent <= 100)) return lose(path, 'has a rollout that does not say to which percentage');
  // A rollout draws by a seed of its own.
  return { draw: new Map([[`rollout ${rolloutId ?? path}`, bandOf(0, percent / 100)]]), value: found.value };
}

function partOf(draw: Draw): number {
  return taken([{ draw, value: null }]);
}

/** Without the noise of the arithmetic. */
function percentText(part: number): string {
  return `${Number((part * 100).toPrecision(12))} %`;
}

/** Firebase keeps every value as a text; undefined where the text is no value of the type. */
function typed(type: ValueType, text: string): { readonly value: Json } | undefined {
  if (type === 'STRING') return { value: text };
  if (type === 'BOOLEAN') {
    const [yes, no] = [/^(1|true|t|yes|y|on)$/i, /^(0|false|f|no|n|off|)$/i];
    return yes.test(text) ? { value: true } : no.test(text) ? { value: false } : undefined;
  }
  if (type === 'NUMBER') return text.trim() !== '' && Number.isFinite(Number(text)) ? { value: Number(text) } : undefined;
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
