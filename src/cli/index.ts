import { applyVerb } from './apply';
import { convertVerb } from './convert';
import { exportVerb } from './export';
import { planVerb } from './plan';
import { startVerb } from './start';
import { tokenVerb } from './token';
import type { Verb } from './verb';

/** The verbs of the command line, in the order of its help. */
export const verbs: readonly Verb[] = [startVerb, tokenVerb, planVerb, applyVerb, exportVerb, convertVerb];
