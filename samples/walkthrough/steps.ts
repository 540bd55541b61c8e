import { archiveInUse, create, MIAMI, NEW_YORK } from './documents';
import type { IdOf, Step } from './play';

/** A set-up from its first key to a running test, and the refusals that one meets on the way. Every step is one GraphQL operation. */
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
    say: 'Create a config: Miami gets darker',
    ...create('createConfig', 'CreateConfigInput', '... on Config { id name status }'),
    input: (id) => ({
      name: 'Darkness',
      keys: ['dark_mode'],
      rows: [{ segmentId: id('miami'), values: [{ key: 'dark_mode', value: 5 }] }],
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
    times: { count: 499, input: (number) => ({ name: `key_${number}`, type: 'BOOLEAN', defaultValue: false }) },
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
      { name: 'Darker', control: false, weight: 50, values: [{ key: 'dark_mode', value: 4 }] },
    ],
  };
}
