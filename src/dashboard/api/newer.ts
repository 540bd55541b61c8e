import { BehaviorSubject } from 'rxjs';

/** Whether the server serves another build of this page than the one that is open. */
export const newer = new BehaviorSubject(false);

const own = document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content;
const EVERY_MS = 5 * 60_000;

/** Asks which build is served now. While that cannot be found out, nothing is said. */
export async function lookForNewer(): Promise<void> {
  if (newer.value || own === undefined) return;
  const answer = await fetch('/build.txt', { cache: 'no-cache' }).catch(() => undefined);
  const build = answer?.ok === true ? (await answer.text()).trim() : own;
  // A server that still builds answers with something else.
  if (/^\w{16}$/.test(build) && build !== own) newer.next(true);
}

/** Looks when a person comes back to the page, and now and then. */
export function watchForNewer(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void lookForNewer();
  });
  setInterval(() => void lookForNewer(), EVERY_MS);
}
