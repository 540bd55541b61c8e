import type { Converter } from './converter';
import { firebase } from './firebase';
import { flagd } from './flagd';
import { launchdarkly } from './launchdarkly';
import { unleash } from './unleash';

/** The formats of other products that can become a set-up file. */
export const converters: readonly Converter[] = [flagd, unleash, launchdarkly, firebase];
