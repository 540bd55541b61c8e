import type { EntityKind, EntityStatus, ValueType } from '../generated/operations';
import { words } from '../words/words';

type Tone = 'green' | 'blue' | 'plum' | 'amber' | 'red';

export function Badge({ children, tone }: { children: string; tone?: Tone | undefined }) {
  return (
    <span className="badge" data-tone={tone}>
      {children}
    </span>
  );
}

const KIND_TONES: { readonly [kind in EntityKind]?: Tone } = { FLAG: 'green', CONFIG: 'blue', EXPERIMENT: 'plum' };

export function KindBadge({ kind }: { kind: EntityKind }) {
  return <Badge tone={KIND_TONES[kind]}>{words.kinds[kind]}</Badge>;
}

const TYPE_TONES: { readonly [type in ValueType]: Tone } = { BOOLEAN: 'green', STRING: 'amber', NUMBER: 'blue', JSON: 'plum' };

export function TypeBadge({ type }: { type: ValueType }) {
  return <Badge tone={TYPE_TONES[type]}>{type.toLowerCase()}</Badge>;
}

const STATUS_TONES: { readonly [status in EntityStatus]?: Tone } = {
  LIVE: 'green',
  RUNNING: 'green',
  ROLLED_OUT: 'blue',
  PAUSED: 'amber',
  ACTIVE: 'green',
};

/** A status as the API gives it, in words. */
export function StatusBadge({ status }: { status: EntityStatus }) {
  return <Badge tone={STATUS_TONES[status]}>{statusText(status)}</Badge>;
}

export function statusText(status: string): string {
  return status.toLowerCase().replaceAll('_', ' ');
}
