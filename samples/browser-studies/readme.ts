import { WHOLE } from '../../src/domain/percent';
import type { SetupFile } from '../../src/setup/file';
import type { Loss } from './losses';
import type { Study } from './study';
import { featuresOf } from './values';

/** What the sample is, in numbers, and all that it is not, by study. */
export function readmeOf(studies: readonly Study[], file: SetupFile, losses: readonly Loss[]): string {
  const { keys = [], segments = [], flags = [], configs = [], experiments = [] } = file;
  const rowsOf = (list: readonly { readonly rows: readonly unknown[] }[]): number => list.reduce((sum, { rows }) => sum + rows.length, 0);
  const [flagRows, configRows] = [rowsOf(flags), rowsOf(configs)];
  const gradual = flags.flatMap(({ rows }) => rows).filter(({ percentage }) => percentage < WHOLE).length;
  const features = new Set(studies.flatMap(({ experiment }) => experiment.flatMap(featuresOf))).size;
  const used = new Set([...flags.map(({ key }) => key), ...[...configs, ...experiments].flatMap((experience) => experience.keys)]);
  const unused = keys.map(({ name }) => name).filter((name) => !used.has(name));
  const running = experiments.filter(({ status }) => status === 'RUNNING').length;
  return `# Browser studies

A real catalogue: the ${studies.length} studies by which a browser turns its features on, step by step and in tests, as one set-up of this project's
format. With the server running, one command loads it:

\`\`\`sh
bin/experience-ledger apply samples/browser-studies/setup.yaml --project browser --create-project
\`\`\`

| what | how many |
|---|---|
| studies | ${studies.length}: ${flagRows} are rows of flags, ${gradual} of them for a part of their users, ${configRows} are rows of configs, ${running} are running experiments, ${experiments.length - running} are experiments in draft |
| keys | ${keys.length}: ${features} features and ${keys.length - features} parameters |
| segments | ${segments.length} |
| flags | ${flags.length}, live, with ${flagRows} rows |
| configs | ${configs.length}, live, with ${configRows} rows |
| experiments | ${experiments.length} |

It goes in by one append, which is there wholly or not at all. Applied again, it writes nothing.

## How it was carried

- **A feature is a BOOLEAN key**, under its own name, \`false\` by default. What a study turns on is \`true\`, what it turns off is \`false\`.
- **A parameter is a key** named after its feature, as \`AIChat.default_model\`. It was published as a text: it is a BOOLEAN or a NUMBER if all
  its values are written as one, else a STRING; a version stays a STRING. Its default is \`false\`, \`0\` or the empty text.
- **A study has a segment**, under its own name, whatever other filters say the same: \`app.channel\` (NIGHTLY, BETA, RELEASE), \`device.os\` (WINDOWS, MAC,
  LINUX, ANDROID, IOS), \`device.type\`, \`geo.country\` (two capital letters), \`app.version\`. From \`139.*\` is 139 or later, up to \`151.*\` is earlier than 152.
  When the filter changes, the segment is edited, and the row that it is for stays the same row, with the same users. Where several studies have
  one name, their places are added to it.
- **A study that gives one key is a row of the flag on that key**, with the percentage of its users, in the order of the studies.
- **A study that gives everybody several keys is a row of a config.** A key is in at most one config, so studies that share a key are rows of the
  same one, in their order, and the config has the name of its first key. Descriptions say which study each row is.
- **Any other study is an experiment** under the name of its segment, with its weights in percent of their sum, on all the traffic of that segment. The
  variant that gives nothing is its control. Those in which anybody gets anything run. Mutually exclusive A/B tests are off: no published study excludes
  another.
- **A test that runs is never redesigned.** Made with the set-up file of before, a test whose published weights, values or filter have changed is another
  experiment, \`Study r2\`, then \`Study r3\`; applied with \`--prune\`, the file ends the round before.
- **No two studies give the same user the same key**, so their order decides nothing, and rows and running experiments never compete.

## What could not be carried exactly

Three things hold for all of it. The defaults that are built into the browser were not published, so the keys' defaults only stand in for them, as they do
wherever a study says \`Default\`. A user's place in a test is drawn from another hash: the shares are the same, the people are not. And
variants of weight 0 that give nothing, beside one that everybody gets, are left out without being listed.

${losses.map(lossText).join('\n\n')}

### Keys that nothing sets

${unused.length === 0 ? 'None.' : `No row and no experiment gives ${unused.map((name) => `\`${name}\``).join(', ')}: only what was left out above does.`}

## Where it comes from

\`studies.json\` holds the studies of [brave/brave-variations](https://github.com/brave/brave-variations) at commit \`d537063\`, in one list with the
file that each came from. It, and \`setup.yaml\`, which says the same in our format, are under the Mozilla Public License 2.0, which is beside them in
\`LICENSE\`. The programs here and the rest of this repository are under the repository's own licence. The names in the studies are those of
their owners, who have nothing to do with this project.

\`npx tsx samples/browser-studies/carry.ts samples/browser-studies/studies.json\` makes \`setup.yaml\` and this page. A test does it again and compares. With a
second argument, the \`setup.yaml\` of before, tests that run go on or start another round.
`;
}

function lossText({ title, reason, cases }: Loss): string {
  const lines = cases.map(({ study, names }) => `- \`${study}\`: ${names.map((name) => `\`${name}\``).join(', ')}`);
  return `### ${title} (${cases.length})\n\n${reason}\n\n${lines.join('\n')}`;
}
