/** How a command line ends. `incomplete`: all was done that could be, and something was wrong with a project, which is named. */
export const EXIT = { ok: 0, failure: 1, usage: 2, notWhole: 3, incomplete: 4 } as const;
