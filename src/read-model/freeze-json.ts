/** Freezes a value of plain JSON through and through. It does not stop at what is frozen already: that says nothing of what is inside. */
export function freezeJson(value: unknown): void {
  // No recursion: values may be nested deeply.
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (!Object.isFrozen(next)) Object.freeze(next);
    if (Array.isArray(next)) for (const item of next) waiting.push(item);
    else for (const name in next) waiting.push((next as Record<string, unknown>)[name]);
  }
}
