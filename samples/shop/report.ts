import { PROJECT, type SimulatedServer } from './simulated-server';
import { TESTS } from './tests';

interface Shown {
  readonly experimentResults: {
    readonly checks: readonly { readonly status: string; readonly text: string }[];
    readonly conclusions: readonly { readonly kind: string; readonly text: string }[];
    readonly variants: readonly { readonly name: string; readonly users: number }[];
    readonly digest: string;
  };
}

const QUERY = `query ($id: ID!) {
  experimentResults(id: $id) { checks { status text } conclusions { kind text } variants { name users } digest }
}`;

/** What the results say of each test, beside what is really so. */
export async function reportLines(server: Pick<SimulatedServer, 'ask'>): Promise<readonly string[]> {
  const { experiments } = await server.ask<{ experiments: { nodes: readonly { id: string; name: string }[] } }>(
    `{ experiments(projectId: "${PROJECT}") { nodes { id name } } }`,
  );
  const lines: string[] = [];
  for (const { name, truth } of TESTS) {
    const { id } = experiments.nodes.find((experiment) => experiment.name === name)!;
    const { experimentResults: results } = await server.ask<Shown>(QUERY, { id });
    lines.push(
      name,
      `  truth        ${truth}`,
      `  users        ${results.variants.map((variant) => `${variant.name} ${variant.users}`).join(', ')}`,
      ...results.checks.filter(({ status }) => status === 'FAILED').map(({ text }) => `  failed       ${text}`),
      ...results.conclusions.map(({ kind, text }) => `  ${kind.padEnd(12)} ${text}`),
      '',
    );
  }
  return lines.slice(0, -1);
}
