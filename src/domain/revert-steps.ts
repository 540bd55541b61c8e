import type { SingleCommand } from './decider';
import { sameJson } from './json';

/** One thing to bring back, and the command that would. */
export interface RevertStep {
  readonly path: string;
  readonly command: SingleCommand;
}

export interface Text {
  readonly name: string;
  readonly description: string;
}

export function textSteps(now: Text, then: Text, edit: (text: Partial<Text>) => SingleCommand): readonly RevertStep[] {
  return [
    ...differing('name', now, then, () => edit({ name: then.name })),
    ...differing('description', now, then, () => edit({ description: then.description })),
  ];
}

export function differing<Path extends string>(
  path: Path,
  now: { readonly [path in Path]: unknown },
  then: { readonly [path in Path]: unknown },
  command: () => SingleCommand,
): readonly RevertStep[] {
  return sameJson(now[path], then[path]) ? [] : [{ path, command: command() }];
}

/** What is archived is restored before it is edited, and archived again, if it was then, after that. */
export function around(
  archived: { readonly now: boolean; readonly then: boolean },
  edits: readonly RevertStep[],
  { restore, archive }: { readonly restore: SingleCommand; readonly archive: SingleCommand },
): readonly RevertStep[] {
  if (edits.length === 0 && archived.now === archived.then) return [];
  return [
    ...(archived.now ? [{ path: 'archived', command: restore }] : []),
    ...edits,
    ...(archived.then ? [{ path: 'archived', command: archive }] : []),
  ];
}
