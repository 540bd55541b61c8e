import './main.css';
import { pageAt } from './lazy-pages';

// The code of the page in the address comes beside that of the frame, not after it. If it does not come, the page says so when it is shown.
pageAt(window.location.pathname)
  ?.load()
  .catch(() => undefined);
void import('./start');
