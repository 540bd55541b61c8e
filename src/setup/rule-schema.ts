import { z } from 'zod';
import { OPERATORS, RULE_LIMITS } from '../domain/rule';

/*
 * The shape of a rule, for editors: they complete and mark by it. Whether a rule is right is decided by the domain alone, whose
 * messages say more than a union's could.
 */

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const end = z.union([z.string(), z.number()]);
const whole = (max: number) => z.int().min(1).max(max);

export const conditionSchema = z
  .strictObject({
    name: z.string().min(1).describe('The property, such as geo.country, device.os, app.version, user.age, or one of your own.'),
    operator: z.enum(OPERATORS),
    value: scalar.optional().describe('For the operators of one operand. A version is a text: "1.10", not 1.10.'),
    values: z.array(scalar).min(1).max(RULE_LIMITS.values).optional().describe('For IN and NOT_IN.'),
    from: end.optional().describe('For BETWEEN, which takes both its ends in.'),
    to: end.optional(),
  })
  .meta({ id: 'Condition', description: 'A condition on a property. A missing property matches NOT_EXISTS and nothing else.' });

const countSchema = z
  .union([
    z.strictObject({ atLeast: whole(RULE_LIMITS.count) }),
    z.strictObject({ atMost: whole(RULE_LIMITS.count), includeZero: z.boolean().optional() }),
    z.strictObject({ exactly: whole(RULE_LIMITS.count) }),
  ])
  .meta({ id: 'Count', description: 'How often. Absent: at least once. atMost takes users who never did it only with includeZero.' });

const windowSchema = z
  .union([
    z.strictObject({ lastDays: whole(RULE_LIMITS.lastDays) }),
    z.strictObject({ between: z.strictObject({ from: z.string(), to: z.string() }) }),
    z.strictObject({ ever: z.literal(true) }),
  ])
  .meta({ id: 'Window', description: 'Which events count: of the last n times 24 hours, from one instant up to another, or all.' });

const filters = z
  .array(conditionSchema)
  .max(RULE_LIMITS.filters)
  .optional()
  .describe("Conditions on the event's properties: all must hold.");
const didSchema = z
  .strictObject({ event: z.string().min(1), count: countSchema.optional(), window: windowSchema, filters })
  .meta({ id: 'Did' });
const didNotSchema = z.strictObject({ event: z.string().min(1), window: windowSchema, filters }).meta({ id: 'DidNot' });

export const ruleSchema = z
  .union([
    z.strictObject({
      get all() {
        return z.array(ruleSchema).min(1);
      },
    }),
    z.strictObject({
      get any() {
        return z.array(ruleSchema).min(1);
      },
    }),
    z.strictObject({
      get not() {
        return ruleSchema;
      },
    }),
    z.strictObject({ property: conditionSchema }),
    z.strictObject({ did: didSchema }),
    z.strictObject({ didNot: didNotSchema }),
  ])
  .meta({
    id: 'Rule',
    description: `Which users: all, any and not, nested at most ${RULE_LIMITS.depth} deep, over conditions on what is known of a user and what the user did.`,
  });
