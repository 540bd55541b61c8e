import { applyVerb } from './apply';
import { backupVerb } from './backup';
import { convertVerb } from './convert';
import { copyVerb } from './copy';
import { exportVerb } from './export';
import { planVerb } from './plan';
import { startVerb } from './start';
import { tokenVerb } from './token';
import type { Verb } from './verb';

/** The verbs of the command line, in the order of its help. */
export const verbs: readonly Verb[] = [startVerb, tokenVerb, planVerb, applyVerb, exportVerb, convertVerb, copyVerb, backupVerb];
