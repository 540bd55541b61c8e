import { applyVerb } from './apply';
import { backupVerb } from './backup';
import { convertVerb } from './convert';
import { copyVerb } from './copy';
import { exportVerb } from './export';
import { headsVerb } from './heads';
import { importVerb } from './import';
import { planVerb } from './plan';
import { rebuildVerb } from './rebuild';
import { replayVerb } from './replay';
import { startVerb } from './start';
import { tailVerb } from './tail';
import { tokenVerb } from './token';
import { unparkVerb } from './unpark';
import type { Verb } from './verb';
import { verifyVerb } from './verify';

/** The verbs of the command line, in the order of its help. */
export const verbs: readonly Verb[] = [
  startVerb,
  tokenVerb,
  planVerb,
  applyVerb,
  exportVerb,
  tailVerb,
  convertVerb,
  copyVerb,
  backupVerb,
  verifyVerb,
  headsVerb,
  importVerb,
  replayVerb,
  rebuildVerb,
  unparkVerb,
];
