import type { Command } from 'commander';
import type { Terminal } from './verb';

/** A verb as the help of the program lists it; what it does is loaded when it is typed. */
export interface Verb {
  readonly name: string;
  readonly description: string;
  readonly argument?: { readonly name: string; readonly description: string };
  /** Gives the command its options, and what it does. */
  load(): (command: Command, terminal: Terminal) => void;
}

/* `require`, since `import()` would stay an ES import in our CommonJS output. */
/* eslint-disable @typescript-eslint/no-require-imports */

/** The verbs of the command line, in the order of its help. */
export const verbs: readonly Verb[] = [
  {
    name: 'start',
    description: 'Run the server. It is set up by environment variables; the README lists them.',
    load: () => (require('./start') as typeof import('./start')).startVerb,
  },
  {
    name: 'open',
    description: 'Print a link that opens the dashboard once, signed in as an admin, within 15 minutes.',
    load: () => (require('./open') as typeof import('./open')).openVerb,
  },
  {
    name: 'token',
    description: 'Print a bearer token signed with the local secret in DATA_DIR.',
    load: () => (require('./token') as typeof import('./token')).tokenVerb,
  },
  {
    name: 'plan',
    description: 'Show what would bring a project to a set-up file, or back to what it was. Nothing is written.',
    argument: { name: '[file]', description: 'a set-up file, YAML or JSON' },
    load: () => (require('./plan') as typeof import('./plan')).planVerb,
  },
  {
    name: 'apply',
    description: 'Bring a project to a set-up file, or back to what it was, all at once or not at all.',
    argument: { name: '[file]', description: 'a set-up file, YAML or JSON' },
    load: () => (require('./apply') as typeof import('./apply')).applyVerb,
  },
  {
    name: 'export',
    description: 'Print a project as a set-up file, or its events: the same gives the same bytes.',
    load: () => (require('./export') as typeof import('./export')).exportVerb,
  },
  {
    name: 'evaluate',
    description: 'Print which values a user gets, and why.',
    load: () => (require('./evaluate') as typeof import('./evaluate')).evaluateVerb,
  },
  {
    name: 'events',
    description: 'Send what users did, one JSON event a line. What was not sent is named by its line, to go on from there.',
    argument: { name: '<file>', description: 'NDJSON; - is standard input' },
    load: () => (require('./events') as typeof import('./events')).eventsVerb,
  },
  {
    name: 'results',
    description: 'Print what an experiment shows: checks, each goal with its intervals, and the conclusion.',
    argument: { name: '<experiment>', description: 'the id of an experiment that has started, such as shop/experiment/abc' },
    load: () => (require('./results') as typeof import('./results')).resultsVerb,
  },
  {
    name: 'tail',
    description: 'Show the changes of a project as they happen, and those before if asked for.',
    load: () => (require('./tail') as typeof import('./tail')).tailVerb,
  },
  {
    name: 'convert',
    description: 'Make a set-up file of another product’s export. What has no counterpart is listed on standard error.',
    argument: { name: '<file>', description: 'the export' },
    load: () => (require('./convert') as typeof import('./convert')).convertVerb,
  },
  {
    name: 'copy',
    description: 'Copy a whole ledger into another event store, verified. Begun again, it goes on where it was ended.',
    load: () => (require('./copy') as typeof import('./copy')).copyVerb,
  },
  {
    name: 'backup',
    description:
      'Back up the SQLite ledger in DATA_DIR (or EVENT_STORE) into one file, also beside a running server, which goes on writing.',
    argument: { name: '<file>', description: 'where; it is refused if it is there' },
    load: () => (require('./backup') as typeof import('./backup')).backupVerb,
  },
  {
    name: 'verify',
    description:
      'Verify the ledger in EVENT_STORE, also beside a running server: that it is whole, or of each project the first event that is not as it was.',
    load: () => (require('./verify') as typeof import('./verify')).verifyVerb,
  },
  {
    name: 'heads',
    description:
      'Sign the head of every project, verified since it was last signed, and print them, one JSON line each, to be kept elsewhere.',
    load: () => (require('./heads') as typeof import('./heads')).headsVerb,
  },
  {
    name: 'import',
    description: 'Restore exported events into the ledger in EVENT_STORE, whose projects of these ids must have no other history.',
    load: () => (require('./import') as typeof import('./import')).importVerb,
  },
  {
    name: 'replay',
    description: 'Tell the history of a project as it happened, each event verified, and what was set up at the end.',
    load: () => (require('./replay') as typeof import('./replay')).replayVerb,
  },
  {
    name: 'rebuild',
    description:
      'Build all read models anew beside the live ones, which serve until the new ones have caught up; those before are kept for a while.',
    load: () => (require('./rebuild') as typeof import('./rebuild')).rebuildVerb,
  },
  {
    name: 'unpark',
    description: 'Try projects again whose read model is parked at an event that could not be projected. Without a project: list them.',
    load: () => (require('./unpark') as typeof import('./unpark')).unparkVerb,
  },
  {
    name: 'user-store',
    description: 'Say whether the store of users was emptied or replaced, rebuild it from observations, or accept the loss.',
    load: () => (require('./user-store') as typeof import('./user-store')).userStoreVerb,
  },
  {
    name: 'forget-actor',
    description: 'Erase what an actor is called. What it did stays in the history, under its id.',
    argument: { name: '<subject>', description: 'the id that its tokens give' },
    load: () => (require('./forget-actor') as typeof import('./forget-actor')).forgetActorVerb,
  },
];
