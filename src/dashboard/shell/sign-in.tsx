import { useEffect, useState, useSyncExternalStore, type FormEvent } from 'react';
import { session, signIn, signInProvider, type Credential } from '../api/session';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Mark } from '../ui/icons';
import { shellWords, words } from '../words/words';

/** Whether the page has a session. */
export function useSession() {
  return useSyncExternalStore(session.subscribe, () => session.current);
}

/** The form that a person signs in with, and why a link or the provider did not: over the page when a session has ended, so that what was being edited is kept. */
export function SignInForm({ problem, expired }: { problem?: string | undefined; expired: boolean }) {
  const [token, setToken] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [provider, setProvider] = useState<string>();
  useEffect(() => {
    // Without an answer the token is the way in.
    signInProvider().then(setProvider, () => undefined);
  }, []);

  const exchange = async (credential: Credential) => {
    setBusy(true);
    setError(await signIn(credential).catch(() => words.failure.network));
    setBusy(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    void exchange({ token: token.trim() });
  };
  return (
    <form className="card" onSubmit={submit} noValidate>
      <div className="line">
        <span className="brand-mark">
          <Mark />
        </span>
        <h1>{shellWords.signIn}</h1>
      </div>
      <p className="quiet">{expired ? shellWords.expired : shellWords.signInLead}</p>
      {problem === undefined ? null : (
        <p className="note sentence" data-tone="red" role="alert">
          {problem}
        </p>
      )}
      {provider === undefined ? null : (
        <a className="button primary" href={provider}>
          {shellWords.provider}
        </a>
      )}
      <Field
        label={shellWords.token}
        type="password"
        value={token}
        onChange={(value) => {
          setToken(value);
          setError(undefined);
        }}
        error={error}
        autoFocus
      />
      <div className="line">
        <Button type="submit" tone="primary" disabled={busy || token.trim() === ''}>
          {shellWords.signIn}
        </Button>
      </div>
    </form>
  );
}
