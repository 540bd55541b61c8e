import type { Command } from './played';
import type { Dice } from './dice';
import { values } from './draw';
import type { Model } from './model';

/** How the words that all commands share are drawn. */
interface Words {
  readonly name: () => string;
  readonly description: () => string;
  readonly segment: () => string | null;
}

/** Creates an experiment, or edits one, whatever its status. */
export function experimentCommand(
  model: Model,
  dice: Dice,
  on: { readonly id: string; readonly expectedVersion?: number } | undefined,
  words: Words,
): Command {
  const was = model.experiments.get(on?.id ?? '');
  const keys = was !== undefined && !dice.once(4) ? was.keys : dice.some([...model.keys.keys()], 1, 2);
  const weights = dice.mostly([[5_000, 5_000], [3_000, 3_000, 4_000], [10_000, 0]], [[5_000, 4_999], [10_000], [-1, 10_001]]); // prettier-ignore
  const fresh = () =>
    weights.map((weight, index) => ({
      ...(dice.once(3) && was?.variants[index] !== undefined ? { id: was.variants[index].id } : {}),
      name: dice.once(30) ? 'control' : (['Control', 'B', 'C'][index] ?? 'D'),
      control: index === 0 && !dice.once(30),
      weight,
      values: index === 0 ? [] : values(model, dice, keys),
    }));
  const variants = () => (was !== undefined && dice.once(2) ? was.variants : fresh());
  const goals = () => {
    const all = [...model.goals.keys()];
    return dice.once(2) ? [...(was?.goals ?? []), ...all.filter((id) => !was?.goals.includes(id)).slice(0, 1)] : dice.some(all, 0, 2);
  };
  const traffic = () => dice.mostly([1_000, 0, 4_000, 10_000], [-1, 10_001]);
  const exclusive = () => dice.roll(2) === 0;
  const more = { ...dice.maybe('goals', goals), ...dice.maybe('description', words.description) };
  if (on === undefined) {
    const design = { keys, variants: fresh(), ...dice.maybe('audience', words.segment), ...(dice.once(4) ? {} : { traffic: traffic() }) };
    return { type: 'CreateExperiment', name: words.name(), ...design, ...more, ...dice.maybe('exclusive', exclusive) };
  }
  if (dice.roll(2) === 0) return { type: 'EditExperiment', ...on, ...more, ...dice.maybe('name', words.name) };
  const design = {
    ...dice.maybe('audience', words.segment),
    ...dice.maybe('traffic', traffic),
    ...dice.maybe('variants', variants),
    ...dice.maybe('keys', () => keys),
  };
  return { type: 'EditExperiment', ...on, ...design, ...more };
}
