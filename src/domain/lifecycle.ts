import { illegalState, type Refusal } from './refusal';

/** E4, for flags and configs. */
export const ROLLOUT_STATUSES = ['DRAFT', 'LIVE', 'PAUSED', 'ARCHIVED'] as const;
export type RolloutStatus = (typeof ROLLOUT_STATUSES)[number];

const MOVES = {
  publish: { from: 'DRAFT', to: 'LIVE', instead: 'Resume it instead.' },
  pause: { from: 'LIVE', to: 'PAUSED', instead: 'Publish it first.' },
  resume: { from: 'PAUSED', to: 'LIVE', instead: 'Publish it instead.' },
} as const;
export type Move = keyof typeof MOVES;

interface Moving {
  readonly kind: 'flag' | 'config';
  readonly name: string;
  readonly status: RolloutStatus;
}

/** Whether the move may be made: `true`, or `false` where it is there already (A3), or the reason why not. */
export function mayMove({ kind, name, status }: Moving, move: Move): boolean | Refusal {
  const { from, to, instead } = MOVES[move];
  if (status === to) return false;
  if (status === from) return true;
  const advice = status === 'ARCHIVED' ? 'Restore it first.' : instead;
  return illegalState(`The ${kind} "${name}" is ${status.toLowerCase()}, so you cannot ${move} it. ${advice}`);
}

/** What an archived flag or config comes back as: never as live, since nobody has looked at it (E4). */
export function restoredStatus(before: RolloutStatus): 'DRAFT' | 'PAUSED' {
  return before === 'DRAFT' ? 'DRAFT' : 'PAUSED';
}
