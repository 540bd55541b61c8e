import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button';
import { words } from '../words/words';

/** A fault of one page takes no other with it: the navigation stays, and drafts are kept. */
export class FaultBoundary extends Component<{ readonly children: ReactNode }, { readonly fault?: Error }> {
  override state: { readonly fault?: Error } = {};

  static getDerivedStateFromError(fault: Error) {
    return { fault };
  }

  override render() {
    const { fault } = this.state;
    return fault === undefined ? this.props.children : <Fault error={fault} />;
  }
}

export function Fault({ error }: { error: Error }) {
  return (
    <div className="note" data-tone="red" role="alert">
      <p>{words.failure.broken}</p>
      <pre>{error.message}</pre>
      <Button onPress={() => window.location.reload()}>{words.tryAgain}</Button>
    </div>
  );
}
