import { z } from 'zod';
import { percentOf, WHOLE } from '../domain/percent';
import { CONFIG_KEYS } from '../domain/config';
import { ALPHA, EXPERIMENT_GOALS, GOAL_ROLES, HORIZON_DAYS, METHODS, PLANNED_USERS } from '../domain/analysis';
import { EXPERIMENT_KEYS, VARIANTS } from '../domain/experiment-design';
import { EXPERIMENT_STATUSES } from '../domain/experiment-state';
import { DIRECTIONS, GOAL_FILTERS, MEASURES, WINDOW_DAYS } from '../domain/goal';
import { HOLDOUT_SHARE } from '../domain/holdout';
import { ROLLOUT_STATUSES } from '../domain/lifecycle';
import { ROWS } from '../domain/row';
import { VALUE_TYPES } from '../domain/value';
import { READ_VERSIONS, SETUP_VERSION } from './file';
import { conditionSchema, ruleSchema } from './rule-schema';

/** What a field can be that the domain checks better than a schema does. */
interface Leaves {
  readonly rule: z.ZodType;
  readonly condition: z.ZodType;
  /** The versions that a file may be of. */
  readonly versions: readonly (1 | 2)[];
}

const range = ([minimum, maximum]: readonly [number, number]) => ({ minimum, maximum });

/**
 * The shape of the file: which fields there are, and of which type. Limits are in the metadata only, for editors: the domain
 * checks them when a file is read, and says what is allowed in its own words.
 */
function schemaOf({ rule, condition, versions }: Leaves) {
  const name = z.string().meta({ minLength: 1, maxLength: 120 });
  const keyName = z.string().meta({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,119}$' });
  const description = z.string().meta({ maxLength: 2_000 }).optional();
  const share = z.number().meta({ minimum: 0, maximum: percentOf(WHOLE) });
  const value = z.unknown();
  const values = z.record(z.string(), value).describe("Values by key, each of its key's type.");
  const segment = z.string().optional().describe('The name of a segment. Left out: everyone.');
  const rolloutStatus = z
    .enum(ROLLOUT_STATUSES)
    .exclude(['ARCHIVED'])
    .optional()
    .describe('DRAFT if left out. Only what is live is served.');

  return z.strictObject({
    $schema: z.string().optional().describe('Where this schema is, for editors.'),
    version: z.literal(versions).describe('The version of the format.'),
    project: z.strictObject({ name: name.optional(), description }).optional(),
    exclusivity: z.boolean().optional().describe('Whether mutually exclusive A/B tests are on.'),
    holdout: z
      .strictObject({
        name,
        share: z
          .number()
          .meta({ exclusiveMinimum: 0, maximum: percentOf(HOLDOUT_SHARE) })
          .describe('Percent of all users, with at most two decimals.'),
      })
      .nullable()
      .optional()
      .describe('Users who get no values from experiments that start while it is active; null: none is to be.'),
    keys: z
      .array(
        z.strictObject({
          name: keyName,
          type: z.enum(VALUE_TYPES),
          default: value.describe('Of the type. Only JSON has null.'),
          description,
          archived: z.boolean().optional().describe('Kept for its name only: not served, and not for use.'),
        }),
      )
      .optional()
      .describe('The named, typed values that an app reads.'),
    segments: z.array(z.strictObject({ name, description, rule })).optional().describe('Named rules that say which users.'),
    goals: z
      .array(
        z.strictObject({
          name,
          description,
          event: z.string().meta({ minLength: 1, maxLength: 200 }),
          filters: z.array(condition).meta({ maxItems: GOAL_FILTERS }).optional(),
          measure: z
            .enum(MEASURES)
            .optional()
            .describe('Did it at least once (CONVERSION, if left out), how often, or the sum of a property.'),
          property: z.string().optional().describe('With SUM: the numeric property that is added up.'),
          cap: z.number().meta({ exclusiveMinimum: 0 }).optional().describe('With SUM: the most that counts of one user.'),
          direction: z.enum(DIRECTIONS).optional().describe('Which is better: HIGHER if left out.'),
          windowDays: z
            .number()
            .meta(range(WINDOW_DAYS))
            .optional()
            .describe('Days after the first exposure in which it counts: 7 if left out.'),
        }),
      )
      .optional()
      .describe('Events which count as conversions.'),
    flags: z
      .array(
        z.strictObject({
          name,
          description,
          key: keyName,
          status: rolloutStatus,
          rows: z
            .array(
              z.strictObject({
                segment,
                percentage: share.optional().describe('Percent of the segment, with at most two decimals: 100 if left out.'),
                value,
              }),
            )
            .meta({ maxItems: ROWS })
            .optional()
            .describe('The first row that matches, and whose sample takes the user, wins.'),
        }),
      )
      .optional()
      .describe('One key each, with a value for some users.'),
    configs: z
      .array(
        z.strictObject({
          name,
          description,
          keys: z.array(keyName).meta({ minItems: CONFIG_KEYS[0], maxItems: CONFIG_KEYS[1] }),
          status: rolloutStatus,
          rows: z
            .array(z.strictObject({ segment, values }))
            .meta({ maxItems: ROWS })
            .optional()
            .describe('The first row that matches wins, key by key.'),
        }),
      )
      .optional()
      .describe('Several keys each, with values per segment.'),
    experiments: z
      .array(
        z.strictObject({
          name,
          description,
          audience: segment,
          traffic: share.optional().describe('Percent of the audience that take part, with at most two decimals: 100 if left out.'),
          exclusive: z.boolean().optional().describe("Left out: as the project's setting has it."),
          keys: z.array(keyName).meta({ minItems: EXPERIMENT_KEYS[0], maxItems: EXPERIMENT_KEYS[1] }),
          sticky: z.boolean().optional().describe('Whether a user who leaves the audience keeps the variant: true if left out.'),
          goals: z.array(z.string()).meta({ maxItems: EXPERIMENT_GOALS[1] }).optional().describe('Names of goals.'),
          roles: z
            .array(
              z.strictObject({
                goal: z.string(),
                role: z.enum(GOAL_ROLES),
                margin: share.optional().describe('Of a GUARDRAIL: percent of control.'),
              }),
            )
            .meta({ maxItems: EXPERIMENT_GOALS[1] })
            .optional()
            .describe('Of goals whose role is not the usual one: PRIMARY of the only goal, SECONDARY of several.'),
          analysis: z
            .strictObject({
              method: z.enum(METHODS).optional().describe('SEQUENTIAL if left out.'),
              alpha: z.number().meta(range(ALPHA)).optional().describe('0.05 if left out.'),
              plannedUsers: z.number().meta(range(PLANNED_USERS)).optional().describe('10,000 if left out.'),
              horizonDays: z.number().meta(range(HORIZON_DAYS)).optional().describe('Left out: until its end. FIXED needs it.'),
              cuped: z.boolean().optional().describe('false if left out.'),
            })
            .optional()
            .describe('How its results are read.'),
          variants: z
            .array(
              z.strictObject({
                name,
                control: z.boolean().optional().describe('Exactly one is. It gives no values.'),
                weight: share.describe('Percent, with at most two decimals. All weights sum to 100.'),
                values: values.optional(),
              }),
            )
            .meta({ minItems: VARIANTS[0], maxItems: VARIANTS[1] }),
          status: z.enum(EXPERIMENT_STATUSES).exclude(['ARCHIVED']).optional().describe('DRAFT if left out.'),
          rolledOut: z.string().optional().describe('The variant that everyone gets: with ROLLED_OUT, and only then.'),
        }),
      )
      .optional()
      .describe('A/B tests.'),
  });
}

export const fileSchema = schemaOf({ rule: z.unknown(), condition: z.unknown(), versions: READ_VERSIONS });

/** A file as it is written: the right shape, and nothing more is known of it. */
export type WrittenFile = z.input<typeof fileSchema>;

/** The JSON Schema that editors pick up, as text: of the version that is written, since an older one has other shares. */
export function setupSchemaText(): string {
  const { $schema, ...rest } = z.toJSONSchema(schemaOf({ rule: ruleSchema, condition: conditionSchema, versions: [SETUP_VERSION] }), {
    io: 'input',
  });
  return `${JSON.stringify({ $schema, title: 'Experience Ledger set-up', ...rest }, null, 2)}\n`;
}
