import { z } from 'zod';
import { clauseSchema } from './launchdarkly-clause';

/* What is read of LaunchDarkly's REST representation of flags and segments. */

const outcomeSchema = z.looseObject({
  variation: z.number().nullable().optional(),
  rollout: z
    .looseObject({
      variations: z.array(z.looseObject({ variation: z.number(), weight: z.number() })),
      kind: z.string().optional(),
      seed: z.number().optional(),
      bucketBy: z.string().optional(),
      contextKind: z.string().optional(),
      experimentAllocation: z.unknown().optional(),
    })
    .nullable()
    .optional(),
});
export type Outcome = z.output<typeof outcomeSchema>;

const ruleSchema = outcomeSchema.extend({ clauses: z.array(clauseSchema), disabled: z.boolean().optional() });
export type Rule = z.output<typeof ruleSchema>;

const targetSchema = z.looseObject({ values: z.array(z.string()), variation: z.number(), contextKind: z.string().optional() });
export type Target = z.output<typeof targetSchema>;

const environmentSchema = z.looseObject({
  on: z.boolean(),
  targets: z.array(targetSchema).optional(),
  contextTargets: z.array(targetSchema).optional(),
  rules: z.array(ruleSchema).optional(),
  fallthrough: outcomeSchema.optional(),
  offVariation: z.number().nullable().optional(),
  prerequisites: z.array(z.unknown()).optional(),
});

export type Environment = z.output<typeof environmentSchema>;

export const flagSchema = z.looseObject({
  key: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  variations: z.array(z.looseObject({ value: z.unknown() })).min(1),
  archived: z.boolean().optional(),
  environments: z.record(z.string(), environmentSchema).optional(),
});
export type LaunchDarklyFlag = z.output<typeof flagSchema>;

const contextsSchema = z.array(z.looseObject({ contextKind: z.string().optional(), values: z.array(z.string()) }));
const segmentSchema = z.looseObject({
  key: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  included: z.array(z.string()).optional(),
  excluded: z.array(z.string()).optional(),
  includedContexts: contextsSchema.optional(),
  excludedContexts: contextsSchema.optional(),
  rules: z.array(z.looseObject({ clauses: z.array(clauseSchema), weight: z.number().nullable().optional() })).optional(),
  unbounded: z.boolean().optional(),
});
export type Segment = z.output<typeof segmentSchema>;

/** A list of flags as the API gives it, to which the list of the environment's segments can be added as `segments`; or one flag. */
export const schema = z.looseObject({
  items: z.array(flagSchema).optional(),
  segments: z.looseObject({ items: z.array(segmentSchema) }).optional(),
});
