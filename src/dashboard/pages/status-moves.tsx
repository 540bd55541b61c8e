import { useState } from 'react';
import { send, type Command, type InputOf } from '../api/command';
import type { PagedKind } from '../api/kinds';
import { useMay, whyNot } from '../api/may';
import { targetOf } from '../api/target';
import type { EntityStatus } from '../generated/operations';
import { ReasonDialog } from '../form/reason-dialog';
import { StatusBadge } from '../ui/badge';
import { Button } from '../ui/button';
import { experienceWords as text } from '../words/experiences';

export type StatusAction = keyof typeof text.moves;

export interface StatusMove {
  readonly action: StatusAction;
  readonly verb: string;
  readonly document: Command;
}

/** The moves of what is published: a flag or a config. */
export function publishingMoves(publish: Command, pause: Command, resume: Command): readonly StatusMove[] {
  return [
    { action: 'PUBLISH', verb: text.publish, document: publish },
    { action: 'PAUSE', verb: text.pause, document: pause },
    { action: 'RESUME', verb: text.resume, document: resume },
  ];
}

interface StatusMovesProps {
  readonly kind: PagedKind;
  readonly thing: {
    readonly projectId: string;
    readonly id: string;
    readonly name: string;
    readonly status: EntityStatus;
    readonly version: number;
  };
  readonly moves: readonly StatusMove[];
  /** What else is to be known before a move. */
  readonly notes?: { readonly [action in StatusAction]?: string | undefined };
}

/** The status of a flag, config or test, and where it can go from there; what cannot be done says why. */
export function StatusMoves({ kind, thing, moves, notes = {} }: StatusMovesProps) {
  const may = useMay(kind, thing.id);
  const [asked, setAsked] = useState<StatusMove>();
  const shown = moves.filter(({ action }) => may === undefined || may === null || may.some((one) => one.action === action));
  const run = ({ document }: StatusMove, reason: string | undefined) =>
    send(document, { ...targetOf(thing), expectedVersion: thing.version, ...(reason === undefined ? {} : { reason }) } as InputOf<Command>);
  return (
    <div className="line">
      <StatusBadge status={thing.status} />
      {shown.map((move) => (
        <Button small key={move.action} why={whyNot(may, move.action)} onPress={() => setAsked(move)}>
          {move.verb}
        </Button>
      ))}
      {asked === undefined ? null : (
        <ReasonDialog
          title={`${asked.verb}: ${thing.name}`}
          text={[text.moves[asked.action], notes[asked.action] ?? ''].join(' ').trim()}
          verb={asked.verb}
          danger={asked.action === 'STOP'}
          done={`${thing.name} ${text.moved[asked.action]}`}
          run={(reason) => run(asked, reason)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}
