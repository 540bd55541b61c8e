import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { buildLogger } from '../src/http/logger';
import { start } from '../src/main';
import { readSettings } from '../src/settings';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

const read = (file: string): string => readFileSync(join(__dirname, '../deploy', file), 'utf8');
const { groups } = parse(read('prometheus-alerts.yml')) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(read('grafana-dashboard.json')) as { readonly panels: readonly Panel[] };
const panelTargets = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const));

/** The metrics that an expression names: what is left without its labels, ranges, durations and functions. */
function metricsIn(expression: string): readonly string[] {
  const bare = expression.replace(/\{[^}]*\}|\[[^\]]*\]|(?:by|without|on) \([^)]*\)/g, ' ');
  return [...bare.matchAll(/[a-z_][a-z0-9_]*(?![a-z0-9_]*\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => name.includes('_') || name === 'up');
}

/** Every name under which Prometheus knows a metric of a running server. */
async function metricsOfServer(): Promise<ReadonlySet<string>> {
  const directory = await mkdtemp(join(tmpdir(), 'ledger-monitoring-'));
  const running = await start(readSettings({ DATA_DIR: directory, PORT: '0' }), { logger: buildLogger('silent') });
  await running.ready;
  const response = await fetch(`${running.url}/metrics`, { headers: { authorization: `Bearer ${running.firstToken}` } });
  const text = await response.text();
  await running.stop();
  await rm(directory, { recursive: true });
  const suffixes = (type: string): readonly string[] => (type === 'histogram' ? ['_bucket', '_count', '_sum'] : ['']);
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  // `up` is what Prometheus itself says of a target.
  return new Set(['up', ...types.flatMap(([, name, type]) => suffixes(type!).map((suffix) => `${name}${suffix}`))]);
}

let known: ReadonlySet<string>;
beforeAll(async () => {
  known = await metricsOfServer();
});

test.each([...rules.map(({ alert, expr }) => [alert, expr] as const), ...panelTargets])('%s asks for metrics that there are', (_, expr) => {
  const named = metricsIn(expr);
  expect(named).not.toEqual([]);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('a metric that there is not is noticed', () => {
  const named = metricsIn('histogram_quantile(0.99, sum by (le) (rate(ledger_lag_bucket{store="a_b"}[5m]))) > 1');
  expect(named).toEqual(['ledger_lag_bucket']);
  expect(known.has('ledger_lag_bucket')).toBe(false);
});

test('each alert has a name of its own, a severity, and a sentence for people', () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { labels, annotations } of rules) {
    expect(['warning', 'critical']).toContain(labels.severity);
    expect(annotations.summary).toMatch(/\w.*\.$/);
  }
});

test('docs/operations.md alerts on nothing that the rules leave out', () => {
  const table = readFileSync(join(__dirname, '../docs/operations.md'), 'utf8').split('## What to alert on')[1] ?? '';
  const documented = [...table.matchAll(/^\| [^|]*?`?(ledger_\w+)/gm)].map(([, name]) => name!.replace(/_(bucket|count|sum)$/, ''));
  const alerted = rules.map(({ expr }) => expr).join('\n');
  expect(documented.length).toBeGreaterThan(5);
  expect(documented.filter((name) => !alerted.includes(name) && !alerted.includes(name.replace('_projects', '_project_since')))).toEqual(
    [],
  );
});
