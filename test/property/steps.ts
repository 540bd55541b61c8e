import fc from 'fast-check';
import type { Command } from './played';

/** One command to come: of what type, and the numbers that everything else of it is chosen by, once it is known what there is by then. */
export interface Step {
  readonly type: Command['type'];
  readonly rolls: readonly number[];
}

const often = (weight: number, ...types: Command['type'][]) => ({ weight, arbitrary: fc.constantFrom(...types) });
const rolls = fc.array(fc.nat(9_999), { minLength: 24, maxLength: 24, size: 'max' });
const step = (types: fc.Arbitrary<Command['type']>): fc.Arbitrary<Step> => fc.record({ type: types, rolls });

/**
 * First something is set up, then anything happens. To be drawn without bias: fast-check favours the smallest and the largest numbers, and with
 * them the same choices again and again.
 */
export const arbitrarySteps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.array(step(fc.constantFrom('CreateKey', 'CreateKey', 'CreateSegment', 'CreateGoal')), { maxLength: 10, size: 'max' }),
    fc.array(
      step(
        fc.oneof(
          often(10, 'CreateKey', 'CreateSegment', 'CreateGoal', 'CreateFlag', 'CreateConfig', 'CreateExperiment'),
          often(
            12,
            'EditKey',
            'EditSegment',
            'CloneSegment',
            'EditGoal',
            'EditFlag',
            'EditFlag',
            'EditConfig',
            'EditConfig',
            'EditExperiment',
          ),
          often(8, 'ArchiveKey', 'ArchiveSegment', 'ArchiveGoal', 'ArchiveFlag', 'ArchiveConfig', 'ArchiveExperiment', 'ArchiveMany'),
          often(8, 'RestoreKey', 'RestoreSegment', 'RestoreGoal', 'RestoreFlag', 'RestoreConfig', 'RestoreExperiment'),
          often(12, 'PublishFlag', 'PauseFlag', 'ResumeFlag', 'PublishConfig', 'PauseConfig', 'ResumeConfig'),
          often(
            10,
            'StartExperiment',
            'StartExperiment',
            'RaiseExperimentTraffic',
            'StopExperiment',
            'RollOutExperiment',
            'EditExperiment',
          ),
          often(2, 'EnableExclusivity', 'DisableExclusivity', 'EditProject', 'CreateProject'),
        ),
      ),
      { minLength: 1, maxLength: 90, size: 'max' },
    ),
  )
  .map(([first, then]) => [...first, ...then]);
