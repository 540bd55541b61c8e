import { z } from 'zod';
import { constraintSchema } from './unleash-constraint';

/* What is read of Unleash's exports: an environment's, the older one of a whole instance, and what its clients are sent. */

const variantSchema = z.looseObject({
  name: z.string(),
  weight: z.number(),
  payload: z.unknown().optional(),
  stickiness: z.string().optional(),
  overrides: z.array(z.unknown()).optional(),
});
export type Variant = z.output<typeof variantSchema>;

/** Inside a feature, as exports of the first generation have it, or in a list of its own, with the feature's name. */
const strategySchema = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  featureName: z.string().optional(),
  name: z.string().optional(),
  /** What the exports of whole instances call it. */
  strategyName: z.string().optional(),
  environment: z.string().nullable().optional(),
  disabled: z.boolean().nullable().optional(),
  sortOrder: z.number().nullable().optional(),
  parameters: z.record(z.string(), z.unknown()).nullable().optional(),
  constraints: z.array(constraintSchema).nullable().optional(),
  segments: z.array(z.number()).nullable().optional(),
  variants: z.array(variantSchema).nullable().optional(),
});
export type Strategy = z.output<typeof strategySchema>;

const featureSchema = z.looseObject({
  name: z.string(),
  description: z.string().nullable().optional(),
  archived: z.boolean().optional(),
  enabled: z.boolean().optional(),
  strategies: z.array(strategySchema).optional(),
  variants: z.array(variantSchema).nullable().optional(),
  dependencies: z.array(z.unknown()).nullable().optional(),
});
export type UnleashFeature = z.output<typeof featureSchema>;

const segmentSchema = z.looseObject({
  id: z.number(),
  name: z.string().optional(),
  description: z.string().nullable().optional(),
  constraints: z.array(constraintSchema).optional(),
});
export type UnleashSegment = z.output<typeof segmentSchema>;

const environmentSchema = z.looseObject({
  featureName: z.string(),
  environment: z.string(),
  enabled: z.boolean(),
  variants: z.array(variantSchema).nullable().optional(),
});

export const schema = z.looseObject({
  features: z.array(featureSchema),
  featureStrategies: z.array(strategySchema.extend({ featureName: z.string() })).optional(),
  featureEnvironments: z.array(environmentSchema).optional(),
  featureStrategySegments: z
    .array(z.looseObject({ featureStrategyId: z.union([z.string(), z.number()]), segmentId: z.number() }))
    .optional(),
  segments: z.array(segmentSchema).optional(),
  dependencies: z.array(z.looseObject({ feature: z.string() })).optional(),
});
export type Source = z.output<typeof schema>;

/* The members that are read, and those that have no say in who gets what. One in neither list may decide it. */

const BOOKKEEPING = [
  'createdAt',
  'updatedAt',
  'archivedAt',
  'lastSeenAt',
  'createdBy',
  'createdByUserId',
  'version',
  'usedInFeatures',
  'usedInProjects',
];

export const ROOT = {
  read: ['features', 'featureStrategies', 'featureEnvironments', 'featureStrategySegments', 'segments', 'dependencies'],
  words: ['featureTags', 'tagTypes', 'tags', 'contextFields', 'projects', 'environments', 'strategies', 'links', 'featureLinks'],
  bookkeeping: ['version', 'query', 'meta', 'etag'],
};

export const FEATURE = {
  kind: 'features',
  read: ['name', 'description', 'archived', 'enabled', 'strategies', 'variants', 'dependencies'],
  words: ['type', 'project', 'stale', 'potentiallyStale', 'impressionData', 'tags', 'links', 'favorite'],
  bookkeeping: [...BOOKKEEPING, 'id', 'collaborators', 'lifecycle'],
};

export const STRATEGY = {
  kind: 'featureStrategies',
  read: ['name', 'strategyName', 'environment', 'disabled', 'sortOrder', 'parameters', 'constraints', 'segments', 'variants'],
  words: ['title'],
  bookkeeping: [...BOOKKEEPING, 'id', 'featureName', 'feature_name', 'projectId', 'project', 'links'],
};

export const CONSTRAINT = { read: ['contextName', 'operator', 'values', 'value', 'inverted', 'caseInsensitive'], bookkeeping: ['id'] };

export const VARIANT = { read: ['name', 'weight', 'payload', 'stickiness', 'overrides'], bookkeeping: ['weightType'] };

export const ENVIRONMENT = {
  read: ['featureName', 'environment', 'enabled', 'variants'],
  bookkeeping: [...BOOKKEEPING, 'id', 'name', 'featureName', 'environmentId', 'sortOrder', 'type', 'lastSeen'],
};

export const SEGMENT = {
  kind: 'segments',
  read: ['id', 'name', 'description', 'constraints'],
  words: ['project'],
  bookkeeping: BOOKKEEPING,
};
