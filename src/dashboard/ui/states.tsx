import type { ReactNode } from 'react';
import { failureText } from '../api/failure';
import { words } from '../words/words';
import { Button } from './button';

/** Nothing is shown for the first 300 ms: most answers are there by then. */
export function Loading() {
  return (
    <div className="skeleton" role="status" aria-label={words.loading}>
      {Array.from({ length: 6 }, (_, at) => (
        <i key={at} />
      ))}
    </div>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p className="quiet">{children}</p>
      {action}
    </div>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div className="note" data-tone="red" role="alert">
      <div className="line">
        <span className="sentence">{failureText(error)}</span>
        {onRetry === undefined ? null : (
          <Button small onPress={onRetry}>
            {words.tryAgain}
          </Button>
        )}
      </div>
    </div>
  );
}
