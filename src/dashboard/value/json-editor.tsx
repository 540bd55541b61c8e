import { json, jsonParseLinter } from '@codemirror/lang-json';
import { linter } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { minimalSetup } from 'codemirror';
import { useEffect, useRef } from 'react';

const LINT_DELAY_MS = 250;

/** An editor of JSON. It lives in a shadow root, so that its styles need no exception from the page's security policy. */
export function JsonEditor({ label, text, onChange }: { label: string; text: string; onChange: (text: string) => void }) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef(text);

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          minimalSetup,
          json(),
          linter(jsonParseLinter(), { delay: LINT_DELAY_MS }),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) changed.current(state.doc.toString());
          }),
          EditorView.theme({
            '&': { fontSize: '13px', color: 'var(--ink)' },
            '&.cm-focused': { outline: 'none' },
            '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--ink)', padding: '8px 4px' },
            // The highlighter's own colours are for light pages.
            '.cm-line span': { color: 'inherit !important' },
            '.cm-cursor': { borderLeftColor: 'var(--ink)' },
            '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--accent-wash)' },
            '.cm-tooltip': { background: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line)' },
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [label]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  return <div className="code-editor" ref={host} />;
}
