import { existsSync } from 'node:fs';
import { projections } from '../../projections';
import type { Projection } from '../../src/read-model/projection';

/** Loaded into a server before the server itself: while the file POISON names is there, the key "poison" cannot be projected. */
const file = process.env['POISON'] ?? '';
const keys = projections.find(({ collection }) => collection === 'keys') as { -readonly [Part in keyof Projection]: Projection[Part] };
const { evolve } = keys;
keys.evolve = (draft, event) => {
  if (event.entity.id === 'poison' && existsSync(file)) throw new Error('the projection of this key is poisoned');
  return evolve(draft, event);
};
