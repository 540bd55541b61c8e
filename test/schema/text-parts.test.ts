import fc from 'fast-check';
import { differences } from '../../src/audit/difference';
import { mapReferences } from '../../src/audit/references';
import { entryOf } from '../../src/audit/entry';
import { ruleParts, ruleText } from '../../src/domain/rule-words';
import { named, type TextPart } from '../../src/domain/text-part';
import { arbitraryRule } from '../domain/arbitrary-rule';
import { Stack } from '../fixtures/stack';

/** The parts as the text has them: names between asterisks. */
const joined = (parts: readonly (Pick<TextPart, 'kind' | 'text'> & { entity?: unknown })[]): string =>
  parts
    .map(({ kind, text }) =>
      kind === 'EVENT' || (kind === 'ENTITY' && !/^(a|another) (segment|audience)$/.test(text)) ? named(text) : text,
    )
    .join('');

test('the parts of a rule are its words', () => {
  fc.assert(
    fc.property(arbitraryRule, (rule) => {
      expect(joined(ruleParts(rule))).toBe(ruleText(rule));
    }),
    { endOnFailure: true },
  );
});

describe('in the API', () => {
  let stack: Stack;
  let flagId = '';
  let segmentIds: Record<string, string> = {};
  const SETUP = {
    version: 2,
    keys: [{ name: 'price', type: 'NUMBER', default: 3 }],
    segments: [
      { name: 'Miami*', rule: { property: { name: 'geo.city', operator: 'EQUALS', value: 'Miami' } } },
      { name: 'Buyers', rule: { did: { event: 'Purchase', window: { lastDays: 7 } } } },
    ],
    goals: [{ name: 'Buy', event: 'Purchase' }],
    flags: [{ name: 'F', key: 'price', status: 'DRAFT', rows: [{ segment: 'Miami*', value: 4 }] }],
    experiments: [
      {
        name: 'E',
        status: 'DRAFT',
        audience: 'Buyers',
        keys: ['price'],
        goals: ['Buy'],
        variants: [
          { name: 'C', control: true, weight: 50 },
          { name: 'N', weight: 50, values: { price: 1 } },
        ],
      },
    ],
  };
  const PARTS = '{ kind text name actor { id } entity { kind nodeId name } }';
  interface Change {
    readonly path: string;
    readonly before: unknown;
    readonly after: unknown;
    readonly beforeParts: readonly TextPart[] | null;
    readonly afterParts: readonly TextPart[] | null;
  }
  const CHANGES = `changes { path before after beforeParts ${PARTS} afterParts ${PARTS} }`;

  beforeAll(async () => {
    stack = await Stack.start();
    const apply = 'mutation ($input: ApplySetupInput!) { applySetup(input: $input) { __typename } }';
    expect(await stack.ask(apply, { input: { projectId: 'shop', setup: SETUP } })).toEqual({ applySetup: { __typename: 'SetupApplied' } });
    const { flags, segments } = await stack.ask<Record<'flags' | 'segments', { nodes: { id: string; name: string }[] }>>(
      '{ flags(projectId: "shop") { nodes { id name } } segments(projectId: "shop") { nodes { id name } } }',
    );
    flagId = flags.nodes[0]!.id;
    segmentIds = Object.fromEntries(segments.nodes.map(({ id, name }) => [name, id]));
    const edit = 'mutation ($input: EditFlagInput!) { editFlag(input: $input) { __typename } }';
    const rows = [{ row: 'r1', segmentId: segmentIds['Buyers'], value: 4 }, { value: 9 }];
    expect(await stack.ask(edit, { input: { id: flagId, rows } })).toEqual({ editFlag: { __typename: 'Flag' } });
  });
  afterAll(() => stack.stop());

  test('a sentence in parts is the sentence, and its things can be asked for', async () => {
    const text = `{ history(projectId: "shop", order: OLDEST_FIRST) { nodes { sentence sentenceParts ${PARTS} } } }`;
    const { history } = await stack.ask<{ history: { nodes: { sentence: string; sentenceParts: TextPart[] }[] } }>(text);
    for (const { sentence, sentenceParts } of history.nodes) expect(joined(sentenceParts)).toBe(sentence);
    const segment = history.nodes.find(({ sentence }) => sentence.includes('Miami'))!;
    const nodeId = expect.stringContaining('shop/segment/') as string;
    expect(segment.sentenceParts).toEqual([
      { kind: 'ACTOR', text: 'alice', name: null, actor: { id: '*/user/alice' }, entity: null },
      { kind: 'TEXT', text: ' created segment ', name: null, actor: null, entity: null },
      { kind: 'ENTITY', text: 'Miami*', name: null, actor: null, entity: { kind: 'SEGMENT', nodeId, name: 'Miami*' } },
      { kind: 'TEXT', text: ': ', name: null, actor: null, entity: null },
      { kind: 'PROPERTY', text: 'city', name: 'geo.city', actor: null, entity: null },
      { kind: 'TEXT', text: ' is ', name: null, actor: null, entity: null },
      { kind: 'VALUE', text: 'Miami', name: null, actor: null, entity: null },
    ]);
    const rows = history.nodes.at(-1)!;
    expect(
      rows.sentenceParts
        .filter(({ kind }) => kind === 'ENTITY')
        .map(({ text, entity }) => [text, (entity as unknown as { name: string }).name]),
    ).toEqual([
      ['F', 'F'],
      ['another segment', 'Buyers'],
    ]);
  });

  test('changes have names, and beside them what they are: in history, a diff, a preview and a plan', async () => {
    const [{ nodes }, diff] = [
      (
        await stack.ask<{ history: { nodes: { changes: Change[] }[] } }>(
          `{ history(projectId: "shop", first: 1) { nodes { ${CHANGES} } } }`,
        )
      ).history,
      (
        await stack.ask<{ diff: { nodes: { entity: { name: string }; changes: Change[] }[] } }>(
          `{ diff(projectId: "shop", from: { revision: 0 }, to: { revision: ${(await stack.events()).length - 1} }) { nodes { entity { name } ${CHANGES} } } }`,
        )
      ).diff,
    ];
    const entity = (kind: string, name: string) => ({
      kind,
      name,
      nodeId: expect.stringContaining(`shop/${kind.toLowerCase()}/`) as string,
    });
    const part = (kind: string, text: string, of: object | null = null) => ({ kind, text, name: null, actor: null, entity: of });
    const [row] = nodes[0]!.changes;
    expect(row).toEqual({
      path: 'rows[r1].segment',
      before: 'Miami*',
      after: 'Buyers',
      beforeParts: [part('ENTITY', 'Miami*', entity('SEGMENT', 'Miami*'))],
      afterParts: [part('ENTITY', 'Buyers', entity('SEGMENT', 'Buyers'))],
    });
    const ofExperiment = diff.nodes.find((node) => node.entity.name === 'E')!.changes;
    expect(ofExperiment.find(({ path }) => path === 'audience')).toMatchObject({ after: 'Buyers' });
    const goals = ofExperiment.find(({ path }) => path === 'goals')!;
    expect(goals.after).toEqual([{ id: 'Buy', role: 'PRIMARY', margin: null }]);
    expect(goals.afterParts?.map(({ text }) => text).join('')).toBe('[{"id":Buy,"role":"PRIMARY","margin":null}]');
    expect(goals.afterParts?.[1]).toEqual(part('ENTITY', 'Buy', entity('GOAL', 'Buy')));

    const edit = { id: flagId, rows: [{ row: 'r1', segmentId: segmentIds['Miami*'], value: 4 }], preview: true };
    const preview = await stack.ask<{ editFlag: { changes: { sentence: string; sentenceParts: TextPart[]; changes: Change[] }[] } }>(
      `mutation ($input: EditFlagInput!) { editFlag(input: $input) { ... on Preview { changes { sentence sentenceParts ${PARTS} ${CHANGES} } } } }`,
      { input: edit },
    );
    const [previewed] = preview.editFlag.changes;
    expect(previewed?.changes.find(({ path }) => path === 'rows[r1].segment')).toMatchObject({ before: 'Buyers', after: 'Miami*' });
    expect(joined(previewed!.sentenceParts)).toBe(previewed!.sentence);

    const plan = await stack.ask<{ planSetup: { steps: { sentence: string; sentenceParts: TextPart[] }[] } }>(
      `query ($input: PlanSetupInput!) { planSetup(input: $input) { ... on Plan { steps { sentence sentenceParts ${PARTS} } } } }`,
      {
        input: {
          projectId: 'shop',
          setup: {
            version: 2,
            keys: [{ name: 'new', type: 'NUMBER', default: 1 }],
            segments: [{ ...SETUP.segments[0], description: 'Sunny' }],
          },
        },
      },
    );
    expect(plan.planSetup.steps).toHaveLength(2);
    for (const { sentence, sentenceParts } of plan.planSetup.steps) expect(joined(sentenceParts)).toBe(sentence);
    // What is still to be created cannot be asked for.
    expect(
      plan.planSetup.steps.flatMap(({ sentenceParts }) =>
        sentenceParts.filter(({ kind }) => kind === 'ENTITY').map((one) => one.entity !== null),
      ),
    ).toEqual([false, true]);
  });

  test('a rule of a segment in parts', async () => {
    const { segments } = await stack.ask<{ segments: { nodes: { name: string; ruleText: string; ruleParts: TextPart[] }[] } }>(
      `{ segments(projectId: "shop") { nodes { name ruleText ruleParts ${PARTS} } } }`,
    );
    const buyers = segments.nodes.find(({ name }) => name === 'Buyers')!;
    expect(joined(buyers.ruleParts)).toBe(buyers.ruleText);
    expect(buyers.ruleParts).toContainEqual({ kind: 'EVENT', text: 'Purchase', name: 'Purchase', actor: null, entity: null });
  });
});

test('values of apps and rules are left alone, whatever members they have', () => {
  const data = {
    defaultValue: { segment: 'x', goals: ['y'] },
    rows: [{ id: 'r1', segment: 's', value: { audience: 'z' } }],
    rule: { segment: 'q' },
  };
  const visited: string[] = [];
  for (const change of differences(undefined, data))
    mapReferences(change, change.after!, (kind, id) => (visited.push(`${kind}:${id}`), id));
  expect(visited).toEqual(['segment:s']);
});

test('an event of a type that is not known reads as its type', () => {
  const event = {
    type: 'Unknown',
    schemaVersion: 1,
    actor: { id: 'ana', kind: 'user' },
    entity: { kind: 'key', id: 'k', name: 'k' },
    data: {},
  };
  expect(entryOf(event as never).parts).toEqual([{ kind: 'TEXT', text: 'Unknown' }]);
});
