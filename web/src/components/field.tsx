// A form field with its label, a hint and what is wrong with it.
import type { TargetedInputEvent, VNode } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string;
  /** It is not shown. */
  secret?: boolean;
  required?: boolean;
  disabled?: boolean;
  placeholder?: string;
  maxLength?: number;
  inputMode?: 'numeric';
  /** What it may be, as a regular expression; `title` says it in words. */
  pattern?: string;
  title?: string;
}

/** One line of text. */
export function Field({ label, value, onValue, hint, secret = false, ...rest }: FieldProps): VNode {
  const id = useId();
  const common = {
    ...rest,
    id,
    value,
    autocomplete: 'off',
    spellcheck: false,
    ...(hint !== undefined && { 'aria-describedby': `${id}-hint` }),
    onInput: ({ currentTarget }: TargetedInputEvent<HTMLInputElement>) => onValue(currentTarget.value),
  } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {secret ? <input type="password" {...common} /> : <input type="text" {...common} />}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Yes or no. */
export function Check({ label, checked, onChecked, disabled = false }: { label: string; checked: boolean; onChecked: (checked: boolean) => void; disabled?: boolean }): VNode {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} disabled={disabled} onChange={({ currentTarget }) => onChecked(currentTarget.checked)} />
      {label}
    </label>
  );
}
