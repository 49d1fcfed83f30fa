/** The button. A disabled one keeps the focus and its name, and does nothing. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export type ButtonVariant = 'plain' | 'primary' | 'quiet';

interface ButtonProps {
  readonly children: ReactNode;
  readonly variant?: ButtonVariant;
  readonly icon?: LucideIcon;
  readonly isDisabled?: boolean;
  readonly type?: 'button' | 'submit';
  /** Said and shown beside the name, such as why it is disabled. */
  readonly help?: string;
  readonly 'aria-keyshortcuts'?: string;
  onClick?(): void;
}

export function Button({
  children,
  variant = 'plain',
  icon: Icon,
  isDisabled = false,
  type = 'button',
  help,
  onClick,
  ...aria
}: ButtonProps) {
  return (
    <button
      {...aria}
      type={type}
      className={`btn btn-${variant}`}
      title={help}
      aria-description={help}
      aria-disabled={isDisabled || undefined}
      onClick={event => {
        if (isDisabled) event.preventDefault();
        else onClick?.();
      }}
    >
      {Icon && <Icon size={14} strokeWidth={1.75} aria-hidden="true" />}
      {children}
    </button>
  );
}

interface IconButtonProps {
  readonly label: string;
  readonly icon: LucideIcon;
  /** For a button that switches something on and off. */
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
  onClick(): void;
}

export function IconButton({ label, icon: Icon, isPressed, isDisabled = false, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      className="btn btn-quiet btn-icon"
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      aria-disabled={isDisabled || undefined}
      onClick={() => !isDisabled && onClick()}
    >
      <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}
