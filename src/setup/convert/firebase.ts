import { z } from 'zod';
import type { Json } from '../../domain/json';
import { VALUE_TYPES, type ValueType } from '../../domain/value';
import { excerpt } from '../../domain/text';
import { converter } from './converter';
import type { Branch, Draft } from './draft';
import { parseExpression, type FirebaseCondition } from './firebase-condition';
import { neutral } from './value-type';

const valueSchema = z.looseObject({
  value: z.string().optional(),
  useInAppDefault: z.boolean().optional(),
  rolloutValue: z.looseObject({ value: z.string(), percent: z.number().optional() }).optional(),
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
export const firebase = converter('firebase', 'Firebase Remote Config', schema, (source, draft) => {
  draft.leftOver(source, '', ['conditions', 'parameters', 'parameterGroups'], ['version', 'etag']);
  const conditions = (source.conditions ?? []).map(({ name, expression, ...rest }, index): Named => {
    const path = `conditions.${index}`;
    draft.leftOver(rest, 'conditions', [], ['tagColor']);
    const parsed = parseExpression(expression);
    if (!('unknown' in parsed)) {
      draft.segment(path, parsed.condition, parsed.condition === true && parsed.part < 1 ? undefined : name);
      if (parsed.part < 1) draft.note(path, `"${excerpt(name)}" draws ${parsed.part * 100} % of users: the rows for it do so, each anew`);
      return { name, parsed, path };
    }
    draft.note(path, `"${excerpt(name)}" has no counterpart: ${excerpt(parsed.unknown)}`);
    return { name, parsed: undefined, path };
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
  draft.leftOver(parameter, path, ['defaultValue', 'conditionalValues', 'description', 'valueType']);
  const { valueType = 'STRING', conditionalValues = {}, description = '', defaultValue } = parameter;
  const type: ValueType = valueType === 'PARAMETER_VALUE_TYPE_UNSPECIFIED' ? 'STRING' : valueType;
  let lost = false;
  const lose = (at: string, message: string): undefined => {
    lost = true;
    draft.note(at, message);
    return undefined;
  };
  const given = defaultValue?.value === undefined ? undefined : typed(type, defaultValue.value);
  if (defaultValue?.value !== undefined && given === undefined)
    lose(`${path}.defaultValue`, `${excerpt(defaultValue.value)} is no ${type}`);
  if (given === undefined)
    draft.note(`${path}.defaultValue`, `is not a fixed value: the key's default is ${JSON.stringify(neutral(type))}`);
  const off = given === undefined ? neutral(type) : given.value;
  const branches = conditions.flatMap((condition): readonly Branch[] => {
    if (!Object.hasOwn(conditionalValues, condition.name)) return [];
    const at = `${path}.conditionalValues.${excerpt(condition.name)}`;
    const share = shareOf(conditionalValues[condition.name] ?? {}, type, at, lose);
    if (condition.parsed === undefined) lose(at, `depends on "${excerpt(condition.name)}", which has no counterpart`);
    if (condition.parsed === undefined || share === undefined) return [];
    const shares = [{ part: condition.parsed.part * share.part, value: share.value }];
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

function shareOf({ value, useInAppDefault, rolloutValue, ...rest }: Value, type: ValueType, path: string, lose: LoseValue) {
  if (useInAppDefault === true) return lose(path, "gives what the app's code says, which has no counterpart");
  const text = value ?? rolloutValue?.value;
  if (text === undefined) return lose(path, `gives ${excerpt(Object.keys(rest).join(', ') || 'nothing')}, which has no counterpart`);
  const found = typed(type, text);
  return found === undefined
    ? lose(path, `${excerpt(text)} is no ${type}`)
    : { part: (rolloutValue?.percent ?? 100) / 100, value: found.value };
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
