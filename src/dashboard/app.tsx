import { Outlet } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { ModalOverlay, Modal } from 'react-aria-components/Modal';
import { signIn, takeOpening } from './api/session';
import { FaultBoundary } from './shell/fault';
import { NewerVersion } from './shell/newer-version';
import { SignInForm, useSession } from './shell/sign-in';
import { Toasts } from './ui/toasts';
import { shellWords, words } from './words/words';

const { code: linkCode, refused } = takeOpening();
let exchanged: Promise<string | undefined> | undefined;

/** Shows the page, with the sign-in in its place at first, and over it when a session has ended. */
export function App() {
  const state = useSession();
  const [problem, setProblem] = useState(refused);
  const [ready, setReady] = useState(linkCode === undefined);
  const [wasIn, setWasIn] = useState(false);
  useEffect(() => {
    if (linkCode === undefined) return;
    exchanged ??= signIn({ code: linkCode }).catch(() => words.failure.network);
    void exchanged.then((wrong) => {
      setProblem(wrong);
      setReady(true);
    });
  }, []);
  useEffect(() => {
    if (state === 'in') setWasIn(true);
  }, [state]);
  if (!ready) return null;
  const signInShown = state === 'out' || (problem !== undefined && state === 'unknown');
  return (
    <FaultBoundary>
      <NewerVersion />
      {signInShown && !wasIn ? (
        <main className="sign-in">
          <SignInForm problem={problem} expired={false} />
        </main>
      ) : null}
      <div hidden={signInShown && !wasIn}>
        <Outlet />
      </div>
      {signInShown && wasIn ? (
        <ModalOverlay className="overlay center" isOpen>
          <Modal className="dialog">
            <Dialog aria-label={shellWords.signIn}>
              <SignInForm expired />
            </Dialog>
          </Modal>
        </ModalOverlay>
      ) : null}
      <Toasts />
    </FaultBoundary>
  );
}
