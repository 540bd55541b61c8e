import type { SingleCommand } from './decider';
import { sameJson } from './json';
import type { Refusal } from './refusal';

/** One thing to bring back, and the command that would. */
export interface CommandStep {
  readonly path: string;
  readonly command: SingleCommand;
}

/** One thing to bring back; where no command can, why not. */
export type RevertStep = CommandStep | { readonly path: string; readonly refusal: Refusal };

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
