// Who may import whom: the table of ARCHITECTURE.md, as rules. test/house.test.ts plants violations and sees each rule bite.
const PORTS =
  'src/(event-store/(event-store|upcast)|read-model/(read-model|projection|generations|row-order)|observations/(observations|moments)|user-store/(user-store|known-store))\\.ts$';
const ACTORS = 'src/actors/actor-names\\.ts$';
const SESSIONS = 'src/sessions/sessions\\.ts$';
const COORDINATION = 'src/coordination/(lease|file-lock)\\.ts$';
const USER_STORES = 'src/user-store/(memory|sqlite|redis)\\.ts$';
const MIDDLE = 'serving|reporting|application|event-store|read-model|observations|user-store|projector|feed|audit';

/** From here, of our own files only those may be imported. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^${from}` },
  to: { path: '^(src|schema|projections|bench|samples|test)/', pathNot: allowed.map((path) => `^${path}`) },
});

module.exports = {
  forbidden: [
    only('domain-is-pure', 'src/domain/', ['src/domain/'], 'The domain imports itself.'),
    only('setup-knows-the-domain', 'src/setup/', ['src/setup/', 'src/domain/'], 'The set-up file imports the domain and itself.'),
    only('statistics-knows-nothing', 'src/statistics/', ['src/statistics/'], 'Statistics are formulas: they import nothing.'),
    only('results-are-pure', 'src/results/', ['src/results/', 'src/domain/', 'src/statistics/'], 'Results import domain and statistics.'),
    only('evaluation-is-pure', 'src/evaluation/', ['src/evaluation/', 'src/domain/'], 'Evaluation imports the domain.'),
    only(
      'projections-know-the-port',
      'projections/',
      ['projections/', 'src/domain/', 'src/evaluation/', 'src/read-model/(read-model|projection)\\.ts$'],
      'A projection imports domain, evaluation and the port of the read model, never an adapter.',
    ),
    {
      ...only(
        'the-middle-knows-ports',
        `src/(${MIDDLE})/`,
        [
          'src/domain/',
          'src/evaluation/',
          'src/results/',
          'src/setup/',
          'src/threads/',
          'src/files/',
          'src/sqlite/',
          'src/redis/',
          'src/concurrency/',
          'src/statistics/',
          COORDINATION,
          PORTS,
        ],
        'Application, stores, projector, feed and audit import domain, evaluation, results, ports and themselves; never schema or projections.',
      ),
      from: { path: `^src/(${MIDDLE})/`, pathNot: `^${USER_STORES}` },
      to: {
        path: '^(src|schema|projections|bench|samples|test)/',
        pathNot: [
          '^src/(domain|evaluation|statistics|results|setup|threads|files|sqlite|redis|concurrency)/',
          `^${COORDINATION}`,
          `^${PORTS}`,
          '^src/$1/',
        ],
      },
    },
    only(
      'user-stores-lend-leases',
      USER_STORES,
      ['src/user-store/', 'src/domain/', 'src/evaluation/', 'src/threads/', 'src/sqlite/', 'src/redis/', 'src/coordination/'],
      'A store of users lends leases to the instances that share it, on the connection that it has.',
    ),
    only(
      'coordination-knows-nothing',
      'src/coordination/',
      ['src/coordination/', 'src/files/', 'src/concurrency/'],
      'A lock or lease knows nothing of what it protects.',
    ),
    only('concurrency-knows-nothing', 'src/concurrency/', ['src/concurrency/'], 'What runs calls knows nothing of what they do.'),
    only('files-know-nothing', 'src/files/', ['src/files/'], 'What makes files knows nothing of what is in them.'),
    only(
      'sqlite-knows-files',
      'src/sqlite/',
      ['src/sqlite/', 'src/files/', 'src/threads/', COORDINATION],
      'What opens and commits SQLite files knows nothing of what is in them.',
    ),
    only(
      'sessions-know-their-stores',
      'src/sessions/',
      ['src/sessions/', 'src/domain/', 'src/application/caller\\.ts$', 'src/files/', 'src/redis/'],
      'Sessions know where they are kept, and nothing of how they are asked for.',
    ),
    only(
      'actors-know-their-stores',
      'src/actors/',
      ['src/actors/', 'src/domain/', 'src/application/caller\\.ts$', 'src/files/', 'src/redis/'],
      'Names of actors know where they are kept, and nothing of how they are asked for.',
    ),
    only('redis-knows-nothing', 'src/redis/', ['src/redis/'], 'What reaches a Redis knows nothing of what is kept there.'),
    only('threads-know-nothing', 'src/threads/', ['src/threads/'], 'What runs something in a thread knows nothing of what it runs.'),
    {
      name: 'only-the-application-plans',
      comment: 'Of the middle, the application alone knows set-up files: it decides them like any other command.',
      severity: 'error',
      from: { path: '^src/(event-store|read-model|observations|user-store|projector|feed|audit)/' },
      to: { path: '^src/setup/' },
    },
    only(
      'schema-never-an-adapter',
      'schema/',
      [
        'schema/',
        'projections/',
        'src/(domain|evaluation|results|reporting|setup|application|serving|feed|audit|concurrency)/',
        SESSIONS,
        ACTORS,
        PORTS,
      ],
      'The schema imports domain, results, set-up files, application, feed, audit, projections and ports, never an adapter.',
    ),
    only(
      'http-takes-the-schema-as-a-value',
      'src/http/',
      ['src/http/', 'src/(domain|application|serving|reporting|feed|audit|evaluation|concurrency|files)/', SESSIONS, PORTS],
      'HTTP imports application, serving, feed, audit, evaluation and ports; the built schema is given to it.',
    ),
    only(
      'dashboard-knows-its-operations',
      'src/dashboard/',
      ['src/dashboard/'],
      'The dashboard imports itself and the operations generated for it: what it knows of the server is the schema.',
    ),
    {
      name: 'dashboard-is-built-apart',
      comment: 'The dashboard runs in a browser: the server serves what was built of it.',
      severity: 'error',
      from: { path: '^(src|schema|projections)/', pathNot: '^src/dashboard/' },
      to: { path: '^src/dashboard/' },
    },
    {
      name: 'dashboard-runs-in-a-browser',
      severity: 'error',
      from: { path: '^src/dashboard/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-means-no-io',
      comment:
        'Domain, evaluation, statistics, results, set-up files and projections use no file, network, clock or process: only hashing.',
      severity: 'error',
      from: { path: '^(src/(domain|evaluation|statistics|results|setup)|projections)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'production-imports-no-test',
      severity: 'error',
      from: { path: '^(src|schema|projections)/' },
      to: { path: '^(test|bench|samples)/' },
    },
    {
      name: 'no-dev-dependency-in-production',
      comment: 'The dashboard is bundled when it is built: what it imports need not be installed where it is served.',
      severity: 'error',
      from: { path: '^(src|schema|projections)/', pathNot: '^src/dashboard/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    // The package of generated operations has types alone.
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default'] },
  },
};
