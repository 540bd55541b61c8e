/** How a command line ends, unless a verb says otherwise. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;
