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

interface EmptyProps {
  readonly title: string;
  /** It is all that the page has. */
  readonly whole?: boolean;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function Empty({ title, whole = false, children, action }: EmptyProps) {
  return (
    <div className="empty">
      {whole ? <h1>{title}</h1> : <h2>{title}</h2>}
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
