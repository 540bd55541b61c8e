import { asContext, asUser, isCounted, purchases, TESTS, testsInWords, WHY, whyInWords } from './ann';
import { ALL_IN_NEW_YORK, archiveInUse, create, MIAMI, NEW_YORK } from './documents';
import type { IdOf, Step } from './play';

/** A set-up from its first key to a running test, the refusals that one meets on the way, and what one user gets and why. Every step is one request. */
export const STEPS: readonly Step[] = [
  {
    say: 'Create a project to play in',
    ...create('createProject', 'CreateProjectInput', '... on Project { name version }'),
    input: () => ({ name: 'Walkthrough' }),
    shows: ({ name }) => `project "${name}"`,
  },
  {
    say: 'Create the key dark_mode, a number whose default is 3',
    ...create('createKey', 'CreateKeyInput', '... on Key { name type defaultValue version }'),
    input: () => ({ name: 'dark_mode', type: 'NUMBER', defaultValue: 3, description: 'How dark the dark mode is' }),
    shows: ({ name, type, defaultValue, version }) => `${type} key ${name}, default ${defaultValue}, version ${version}`,
  },
  {
    say: 'Create a segment: iPhone users in New York who buy often',
    ...create('createSegment', 'CreateSegmentInput', '... on Segment { id name ruleText }'),
    input: () => ({ name: 'iPhone users in New York', rule: NEW_YORK }),
    keep: 'newYork',
    shows: ({ ruleText }) => `its rule in words: ${ruleText}`,
  },
  {
    say: 'Clone it',
    ...create('cloneSegment', 'CloneSegmentInput', '... on Segment { id name ruleText }'),
    input: (id) => ({ id: id('newYork') }),
    keep: 'miami',
    shows: ({ name }) => `segment "${name}"`,
  },
  {
    say: 'Edit the clone: Miami',
    ...create('editSegment', 'EditSegmentInput', '... on Segment { id name ruleText version }'),
    input: (id) => ({
      id: id('miami'),
      name: 'iPhone users in Miami',
      rule: MIAMI,
      reason: 'We open a shop in Miami',
      expectedVersion: 1,
    }),
    shows: ({ name, ruleText, version }) => `segment "${name}", version ${version}: ${ruleText}`,
  },
  {
    say: 'Edit it again, from a page that was loaded before',
    ...create('editSegment', 'EditSegmentInput', '... on Segment { id name }'),
    input: (id) => ({ id: id('miami'), name: 'iPhone users in Florida', expectedVersion: 1 }),
    refused: 'STALE',
  },
  {
    say: 'Create a goal: a purchase of more than 10',
    ...create('createGoal', 'CreateGoalInput', '... on Goal { id name event }'),
    input: () => ({ name: 'Purchase', event: 'Purchase', filters: [{ name: 'price', operator: 'GREATER', value: 10 }] }),
    keep: 'purchase',
    shows: ({ name, event }) => `goal "${name}" counts the event ${event}`,
  },
  {
    say: 'Turn mutually exclusive A/B tests on',
    ...create('enableExclusivity', 'ExclusivityInput', '... on Exclusivity { enabled version }'),
    input: () => ({}),
    shows: ({ enabled }) => `on: ${enabled}`,
  },
  {
    say: 'Create a segment of all iPhones in New York',
    ...create('createSegment', 'CreateSegmentInput', '... on Segment { id name ruleText }'),
    input: () => ({ name: 'iPhones in New York', rule: ALL_IN_NEW_YORK }),
    keep: 'allInNewYork',
    shows: ({ ruleText }) => `its rule in words: ${ruleText}`,
  },
  {
    say: 'Create a config: dark mode in Miami, and on iPhones in New York',
    ...create('createConfig', 'CreateConfigInput', '... on Config { id name status }'),
    input: (id) => ({
      name: 'Darkness',
      keys: ['dark_mode'],
      rows: [
        { segmentId: id('miami'), values: [{ key: 'dark_mode', value: 5 }] },
        { segmentId: id('allInNewYork'), values: [{ key: 'dark_mode', value: 4 }] },
      ],
    }),
    keep: 'config',
    shows: ({ name, status }) => `config "${name}", ${status}`,
  },
  {
    say: 'Publish it',
    ...create('publishConfig', 'ConfigInput', '... on Config { id name status }'),
    input: (id) => ({ id: id('config') }),
    shows: ({ name, status }) => `config "${name}", ${status}`,
  },
  {
    say: 'Create a flag: a quarter of everyone gets 0',
    ...create('createFlag', 'CreateFlagInput', '... on Flag { id name status }'),
    input: () => ({ name: 'Lights on', key: 'dark_mode', rows: [{ percentage: 25, value: 0 }] }),
    keep: 'flag',
    shows: ({ name, status }) => `flag "${name}", ${status}`,
  },
  {
    say: 'Create an experiment that is not exclusive',
    ...create('createExperiment', 'CreateExperimentInput', '... on Experiment { id name }'),
    input: (id) => ({ ...experiment(id), exclusive: false }),
    refused: 'ILLEGAL_STATE',
  },
  {
    say: 'Create it as the setting says',
    ...create('createExperiment', 'CreateExperimentInput', '... on Experiment { id name exclusive status }'),
    input: experiment,
    keep: 'experiment',
    shows: ({ name, exclusive, status }) => `experiment "${name}", ${status}, exclusive: ${exclusive}`,
  },
  {
    say: 'Start it',
    ...create('startExperiment', 'ExperimentInput', '... on Experiment { id name status }'),
    input: (id) => ({ id: id('experiment') }),
    shows: ({ name, status }) => `experiment "${name}", ${status}`,
  },
  {
    say: 'Create another key, a banner',
    ...create('createKey', 'CreateKeyInput', '... on Key { name type defaultValue version }'),
    input: () => ({ name: 'banner', type: 'STRING', defaultValue: 'none' }),
    shows: ({ name, type, defaultValue }) => `${type} key ${name}, default ${defaultValue}`,
  },
  {
    say: 'Create a test of it, for everyone',
    ...create('createExperiment', 'CreateExperimentInput', '... on Experiment { id name exclusive status }'),
    input: () => ({
      name: 'Loud banner',
      traffic: 100,
      keys: ['banner'],
      variants: [
        { name: 'Control', control: true, weight: 50, values: [] },
        { name: 'Loud', control: false, weight: 50, values: [{ key: 'banner', value: 'loud' }] },
      ],
    }),
    keep: 'banner',
    shows: ({ name, exclusive, status }) => `experiment "${name}", ${status}, exclusive: ${exclusive}`,
  },
  {
    say: 'Archive the key dark_mode',
    ...create('archiveKey', 'KeyInput', `... on Key { name } ${archiveInUse}`),
    input: () => ({ name: 'dark_mode' }),
    refused: 'IN_USE',
  },
  {
    say: 'Archive the goal',
    ...create('archiveGoal', 'GoalInput', `... on Goal { name } ${archiveInUse}`),
    input: (id) => ({ id: id('purchase') }),
    refused: 'IN_USE',
  },
  {
    say: 'Fill the project with keys, up to the limit of 500',
    ...create('createKey', 'CreateKeyInput', '... on Key { name }'),
    input: () => ({}),
    times: { count: 498, input: (number) => ({ name: `key_${number}`, type: 'BOOLEAN', defaultValue: false }) },
    shows: ({ name }) => `the last of them: ${name}`,
  },
  {
    say: 'Create one more',
    ...create('createKey', 'CreateKeyInput', '... on Key { name }'),
    input: () => ({ name: 'one_too_many', type: 'BOOLEAN', defaultValue: false }),
    refused: 'LIMIT_REACHED',
  },
  {
    say: 'Create it with a default of another type',
    ...create('createKey', 'CreateKeyInput', '... on Key { name }'),
    input: () => ({ name: 'one_too_many', type: 'BOOLEAN', defaultValue: 'yes' }),
    refused: 'INVALID_INPUT',
  },
  {
    say: 'Ask who uses dark_mode',
    document: `query Usage($projectId: ID!) { result: key(projectId: $projectId, name: "dark_mode") { name usedBy { kind name status } } }`,
    query: true,
    input: () => ({}),
    shows: ({ usedBy }) =>
      (usedBy as { kind: string; name: string; status: string }[]).map((user) => `${user.kind} "${user.name}" (${user.status})`).join(', '),
  },
  {
    say: 'Ask which dark mode Ann gets, who has an iPhone in New York, and why',
    document: WHY,
    query: true,
    input: asUser,
    until: isCounted,
    shows: whyInWords,
  },
  {
    say: 'Ann buys three times',
    post: 'events',
    input: purchases,
    shows: ({ accepted }) => `${String(accepted)} events, counted as they arrive`,
  },
  {
    say: 'Her app asks for her dark mode, which enters her into the test',
    post: 'ofrep/v1/evaluate/flags/dark_mode',
    input: asContext,
    shows: ({ value, reason }) => `dark_mode = ${String(value)}, ${String(reason)}`,
  },
  {
    say: 'Start the test of the banner, which everyone would be in',
    ...create('startExperiment', 'ExperimentInput', '... on Experiment { id name status }'),
    input: (id) => ({ id: id('banner') }),
    shows: ({ name, status }) => `experiment "${name}", ${status}`,
  },
  {
    say: 'Ask in which tests Ann is, and why not in the other',
    document: TESTS,
    query: true,
    input: asUser,
    shows: testsInWords,
  },
];

function experiment(id: IdOf) {
  return {
    name: 'Darker in New York',
    audienceId: id('newYork'),
    traffic: 50,
    keys: ['dark_mode'],
    goalIds: [id('purchase')],
    variants: [
      { name: 'Control', control: true, weight: 50, values: [] },
      { name: 'Darker', control: false, weight: 50, values: [{ key: 'dark_mode', value: 6 }] },
    ],
  };
}
