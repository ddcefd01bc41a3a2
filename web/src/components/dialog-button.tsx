// A button that asks before it does something: the browser's own modal dialog, which keeps the focus and gives it back.
import type { ComponentChildren, VNode } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { useAction } from './action.js';
import { announce } from './announcements.js';
import { ErrorNote } from './notes.js';

interface DialogButtonProps {
  /** What stands on the button. */
  label: string;
  /** What it is called by screen readers, where the label alone does not say of what. */
  name?: string;
  className?: string;
  title: string;
  /** What will happen, or fields to fill in. */
  children: ComponentChildren;
  confirm: string;
  /** Cannot be taken back, or hits somebody. */
  danger?: boolean;
  /** Does it; what it rejects with is shown in the dialog. */
  action: () => Promise<unknown>;
  /** What is announced when it has worked. */
  done: string;
  /** Called after it has worked. */
  onDone?: () => void;
}

export function DialogButton({ label, name, className = '', title, children, confirm, danger = false, action, done, onDone }: DialogButtonProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { busy, error, run, reset } = useAction();

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!(await run(action))) return;
    dialog.current?.close();
    announce(done);
    onDone?.();
  };

  return (
    <>
      <button type="button" class={className} {...(name !== undefined && { 'aria-label': name })} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby={id} onClose={reset}>
        <form onSubmit={(event) => void submit(event)}>
          <h2 id={id}>{title}</h2>
          <div class="dialog-body">{children}</div>
          {error !== undefined && <ErrorNote error={error} />}
          <div class="buttons buttons-end">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class={danger ? 'danger' : 'primary'} disabled={busy}>
              {confirm}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
