/*
 * The members of LaunchDarkly's representation: those that are read, and those that have no say in who gets what. One that is in neither list may decide
 * it, so what has it is not served.
 */

const LINKS = ['_links', '_id', '_access', '_site', '_version', 'version'];

export const ROOT = { read: ['items', 'segments'], bookkeeping: [...LINKS, 'totalCount', 'totalCountWithDifferences'] };

export const FLAG = {
  read: ['key', 'name', 'description', 'kind', 'variations', 'environments', 'archived', 'segments'],
  words: ['tags', 'temporary', 'deprecated', 'customProperties', 'clientSideAvailability', 'experiments', 'goalIds', '_purpose'],
  bookkeeping: [
    ...LINKS,
    '_maintainer',
    'maintainerId',
    '_maintainerTeam',
    'maintainerTeamKey',
    'maintainerTeam',
    'creationDate',
    'archivedDate',
    'deprecatedDate',
    'defaults',
    'includeInSnippet',
  ],
};

export const VARIATION = { read: ['value', 'name', 'description'], bookkeeping: LINKS };

export const ENVIRONMENT = {
  read: ['on', 'archived', 'targets', 'contextTargets', 'rules', 'fallthrough', 'offVariation', 'prerequisites'],
  words: ['trackEvents', 'trackEventsFallthrough'],
  bookkeeping: [...LINKS, 'salt', 'sel', 'lastModified', '_environmentName', '_summary', '_debugEventsUntilDate', 'evaluation'],
};

export const TARGET = { read: ['values', 'variation', 'contextKind'], bookkeeping: LINKS };

export const RULE = {
  kind: 'rules',
  read: ['clauses', 'variation', 'rollout', 'disabled'],
  words: ['description', 'trackEvents'],
  bookkeeping: [...LINKS, 'ref', 'generation'],
};

export const FALLTHROUGH = { read: ['variation', 'rollout'], bookkeeping: LINKS };

export const ROLLOUT = { read: ['variations', 'kind', 'seed', 'bucketBy', 'contextKind', 'experimentAllocation'], bookkeeping: LINKS };

export const WEIGHT = { read: ['variation', 'weight'], bookkeeping: LINKS };

export const CLAUSE = { read: ['attribute', 'op', 'values', 'negate', 'contextKind'], bookkeeping: LINKS };

export const SEGMENT = {
  kind: 'segments.items',
  read: ['key', 'name', 'description', 'included', 'excluded', 'includedContexts', 'excludedContexts', 'rules', 'unbounded'],
  words: ['tags'],
  bookkeeping: [...LINKS, 'creationDate', 'lastModifiedDate', 'generation', 'salt', '_flags', 'flags', 'unboundedContextKind'],
};

export const SEGMENT_RULE = {
  kind: 'segments.items.rules',
  read: ['clauses', 'weight'],
  words: ['description'],
  bookkeeping: [...LINKS, 'bucketBy', 'rolloutContextKind'],
};

export const SEGMENT_CONTEXTS = { read: ['contextKind', 'values'], bookkeeping: LINKS };
