/** The studies as the browser reads them, written apart from the carrier: what the carried file is compared with. */
export interface Published {
  readonly name: string;
  readonly experiment: readonly {
    readonly name: string;
    readonly probability_weight: number;
    readonly feature_association?: { readonly [how: string]: string | readonly string[] };
    readonly param?: readonly { readonly name: string; readonly value: string }[];
  }[];
  readonly filter: { readonly [what: string]: string | readonly string[] };
}

export interface Browser {
  readonly channel: string;
  readonly platform: string;
  readonly country: string;
  readonly version: string;
  readonly form?: string;
}

export function takes({ filter }: Published, { channel, platform, country, version, form = 'DESKTOP' }: Browser): boolean {
  const lists = { channel, platform, country, form_factor: form };
  for (const [what, operand] of Object.entries(filter)) {
    if (what === 'min_version' && compare(version, operand as string) < 0) return false;
    if (what === 'max_version' && compare(version, operand as string) > 0) return false;
    if (what in lists && !operand.includes(lists[what as keyof typeof lists])) return false;
  }
  return true;
}

/** Number by number; what is missing is 0. A star stands for whatever the version has in its place, so all that begins so is the same. */
function compare(version: string, with_: string): number {
  const [ours, theirs] = [version.split('.'), with_.split('.')];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at += 1) {
    if (theirs[at] === '*') return 0;
    const difference = Number(ours[at] ?? 0) - Number(theirs[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Values as texts, as they were published: the feature `X` on is `X: 'true'`, a parameter is by its own name, whatever feature it is of. */
export function gives({ feature_association = {}, param = [] }: Published['experiment'][number]): Record<string, string> {
  const { enable_feature = [], disable_feature = [] } = feature_association;
  const given: Record<string, string> = {};
  for (const feature of enable_feature) given[feature] = 'true';
  for (const feature of disable_feature) given[feature] = 'false';
  for (const { name, value } of param) given[name] = value;
  return given;
}

/** The version, without its star, whose last number is so many more. */
function moved(version: string, by: number): string {
  const numbers = version.replace('.*', '').split('.').map(Number);
  return [...numbers.slice(0, -1), Math.max(0, (numbers.at(-1) ?? 0) + by)].join('.');
}

/** The first and the last version of every study and those just outside, on every channel and platform; around a few of them in every country. */
export function browsers(studies: readonly Published[]): readonly Browser[] {
  const versions = new Set(['1', '131.1.74.20', '140.1.2.3', '999.9.9.9']);
  for (const { min_version: from, max_version: to } of studies.map(
    ({ filter }) => filter as { min_version?: string; max_version?: string },
  )) {
    if (from !== undefined) versions.add(moved(from, 0)).add(`${moved(from, -1)}${from.endsWith('*') ? '.9.99.999' : ''}`);
    if (to !== undefined) versions.add(to.replace('*', '9.99.999')).add(moved(to, 1));
  }
  const countries = ['JP', 'DE', 'FR', 'US', 'AT', 'ES', 'MX', 'BR', 'AR', 'IN', 'CA', 'GB'];
  return [...versions].flatMap((version) =>
    ['NIGHTLY', 'BETA', 'RELEASE'].flatMap((channel) =>
      ['WINDOWS', 'MAC', 'LINUX', 'ANDROID', 'IOS'].flatMap((platform) =>
        (/^(117|131|140)/.test(version) ? countries : ['JP']).map((country) => ({ channel, platform, country, version })),
      ),
    ),
  );
}
