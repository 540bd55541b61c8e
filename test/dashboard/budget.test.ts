import {
  builtDashboard,
  INITIAL_JAVASCRIPT_LIMIT_BYTES,
  initialJavaScriptBytes,
  initialScripts,
} from '../../bench/dashboard/initial-javascript';

test('the first page takes no more JavaScript than its budget; editors, builders and pages are loaded when they are opened', () => {
  const directory = builtDashboard();
  const scripts = initialScripts(directory);
  expect(scripts.length).toBeGreaterThan(1);
  expect(scripts.filter((script) => /json-editor|segments|palette/.test(script))).toEqual([]);
  const bytes = initialJavaScriptBytes(directory);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThanOrEqual(INITIAL_JAVASCRIPT_LIMIT_BYTES);
});
