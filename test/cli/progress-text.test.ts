import { copyText } from '../../src/cli/copy';
import { importText } from '../../src/cli/import';

test.each([
  [importText({ phase: 'checking', events: 1, total: 1, appended: 0 }), 'checking the file: 1 event read'],
  [importText({ phase: 'writing', events: 900, total: 1_000, appended: 400 }), 'importing: 900 of 1,000 events read again, 400 written'],
  // The target may hold more than what is imported.
  [importText({ phase: 'verifying', events: 2_000, total: 1_000, appended: 1_000 }), 'verifying the whole ledger: 2,000 events read back'],
  [copyText({ phase: 'copying', events: 1, projects: 1, appended: 0 }), 'copying: 1 event of 1 project read from the source, 0 written'],
  [copyText({ phase: 'verifying', events: 3, projects: 1, appended: 9, total: 9 }), 'verifying the copy: 3 of 9 events read back'],
])('progress is said as it is: %s', (text, words) => expect(text).toBe(words));
