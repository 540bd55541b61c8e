import type { Envelope } from '../../src/domain/event';
import { Ledger } from '../fixtures/ledger';
import { createConfig, createExperiment, createFlag, createGoal, createKey, createSegment, IN_MIAMI } from '../fixtures/shop';

/** A history in which something of every kind is made, used and edited, round and round. One second lies between two commands. */
export function story(length: number): readonly Envelope[] {
  const ledger = Ledger.started();
  const flags: string[] = [];
  const segments: string[] = [];
  for (let at = 0; at < 5; at += 1) {
    createKey(ledger, `key_${at}`);
    segments.push(createSegment(ledger, `Segment ${at}`));
    flags.push(createFlag(ledger, `Flag ${at}`, `key_${at}`));
  }
  createConfig(ledger, 'Config', ['key_0', 'key_1'], { rows: [{ segment: segments[0]!, values: [{ key: 'key_0', value: 1 }] }] });
  const goal = createGoal(ledger, 'Sale');
  const experiment = createExperiment(ledger, 'Test', ['key_2'], { goals: [goal], audience: segments[1]!, traffic: 1_000 });
  ledger.accept({ type: 'StartExperiment', id: experiment });
  for (let at = 0; ledger.events.length < length; at += 1) {
    if (at % 4 === 0)
      ledger.accept({
        type: 'EditFlag',
        id: flags[(at / 4) % 4]!,
        rows: [{ segment: segments[at % 3]!, percentage: at % 100, value: at }],
      });
    else if (at % 4 === 1) ledger.accept({ type: 'EditKey', name: `key_${at % 5}`, defaultValue: at });
    else if (at % 4 === 2) ledger.accept({ type: 'EditSegment', id: segments[at % 5]!, rule: IN_MIAMI, description: `edition ${at}` });
    else ledger.accept({ type: at % 8 === 3 ? 'ArchiveFlag' : 'RestoreFlag', id: flags[4]! });
  }
  return ledger.events.slice(0, length);
}
