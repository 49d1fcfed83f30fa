/** A titled surface; its title names the region for assistive technology. */
import { type ReactNode, useId } from 'react';

interface CardProps {
  readonly title: ReactNode;
  /** Stands at the right of the title. */
  readonly actions?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Card({ title, actions, className = '', children }: CardProps) {
  const titleId = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={titleId}>
      <div className="card-head">
        <h2 id={titleId}>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}
