import { LivedYear, reported } from './lived-year';

export interface Relived {
  readonly events: number;
  readonly refusals: number;
  readonly wentBack: number;
  readonly cannot: number;
}

/**
 * Plays a year and looks back at it from its end: at so many random revisions what is shown is what was recorded while playing, the differences between
 * two of them make the one of the other, in either direction, and so many random things are brought back to what they were, or refused for a reason.
 */
export async function relive(acts: number, looks: number, seed: number): Promise<Relived> {
  const year = await LivedYear.play(acts, seed);
  try {
    const revisions = year.revisions(looks);
    for (const revision of revisions) {
      expect(reported(await year.shown(revision))).toBe(reported(year.recorded(revision)));
      const [used, shown] = await year.users(revision);
      expect(shown).toBe(used);
    }
    for (const [at, to] of revisions.entries()) {
      const from = revisions.at(at - 1)!;
      expect(reported(await year.carriedOver(from, to))).toBe(reported(withVersions(year, from, to)));
    }
    const events = year.last + 1;
    const counts = { 'went back': 0, refused: 0 };
    for (let look = 0; look < looks; look += 1) counts[await year.revertSomething()] += 1;
    return { events, refusals: year.refusals, wentBack: counts['went back'], cannot: counts.refused };
  } finally {
    await year.stack.stop();
  }
}

/** What was recorded at the second revision; what was changed and changed back in between is in no diff, so it keeps the version it was at. Shares are percent. */
function withVersions(year: LivedYear, from: number, to: number): ReturnType<LivedYear['recorded']> {
  const before = year.recordedInPercent(from);
  return new Map(
    Array.from(year.recordedInPercent(to), ([id, thing]) => {
      const was = before.get(id);
      const same = was && reported(new Map([[id, { ...was, version: 0 }]])) === reported(new Map([[id, { ...thing, version: 0 }]]));
      return [id, same ? was : thing];
    }),
  );
}
