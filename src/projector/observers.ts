import type { ProjectorObserver } from './status';

/** Several observers as one; each is told in this order. */
export function observers(...all: readonly ProjectorObserver[]): ProjectorObserver {
  return {
    delivered: (events) => all.forEach((one) => one.delivered?.(events)),
    projected: (projectId, checkpoint, events) => all.forEach((one) => one.projected?.(projectId, checkpoint, events)),
    parked: (parked) => all.forEach((one) => one.parked?.(parked)),
    unparked: (projectId) => all.forEach((one) => one.unparked?.(projectId)),
    committed: (events, seconds) => all.forEach((one) => one.committed?.(events, seconds)),
    mismatched: () => all.forEach((one) => one.mismatched?.()),
    retried: () => all.forEach((one) => one.retried?.()),
  };
}
