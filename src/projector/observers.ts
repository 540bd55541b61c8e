import type { ProjectorObserver } from './status';

/** Several observers as one; each is called in this order. */
export function observers(...all: readonly ProjectorObserver[]): ProjectorObserver {
  return {
    delivered: (events) => all.forEach((one) => one.delivered?.(events)),
    projected: (projectId, checkpoint, events) => all.forEach((one) => one.projected?.(projectId, checkpoint, events)),
    parked: (parked) => all.forEach((one) => one.parked?.(parked)),
    unparked: (projectId) => all.forEach((one) => one.unparked?.(projectId)),
    restored: () => all.forEach((one) => one.restored?.()),
    turned: () => all.forEach((one) => one.turned?.()),
    committed: (events, seconds) => all.forEach((one) => one.committed?.(events, seconds)),
    mismatched: () => all.forEach((one) => one.mismatched?.()),
    retried: () => all.forEach((one) => one.retried?.()),
  };
}

/** An observer of one generation: the events about what queries show are passed on only while that generation is read. */
export function whileRead(observer: ProjectorObserver, isRead: () => boolean): ProjectorObserver {
  return {
    delivered: (events) => observer.delivered?.(events),
    committed: (...args) => observer.committed?.(...args),
    mismatched: () => observer.mismatched?.(),
    retried: () => observer.retried?.(),
    projected: (...args) => (isRead() ? observer.projected?.(...args) : undefined),
    parked: (parked) => (isRead() ? observer.parked?.(parked) : undefined),
    unparked: (projectId) => (isRead() ? observer.unparked?.(projectId) : undefined),
    restored: () => (isRead() ? observer.restored?.() : undefined),
  };
}
