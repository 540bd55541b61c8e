import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DashboardSource } from '../http/dashboard/dashboard';

/** In a checkout the dashboard is built at the start; where the server was compiled (the Docker image), it was built beside it. */
export function dashboardSource(): DashboardSource {
  const root = join(__dirname, '..', '..');
  const script = join(root, 'bin', 'build-dashboard.js');
  return existsSync(script) ? { script } : { directory: join(root, 'dashboard') };
}
