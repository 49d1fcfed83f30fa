/** What will appear here, and the one thing to do about it. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly help: string;
  readonly action?: ReactNode;
}

export function EmptyState({ icon: Icon, title, help, action }: EmptyStateProps) {
  return (
    <div className="empty">
      <Icon size={20} strokeWidth={1.35} aria-hidden="true" />
      <h2>{title}</h2>
      <p>{help}</p>
      {action}
    </div>
  );
}
