/** The navigation between the studio's places, at the side of the window. */
import type { LucideIcon } from 'lucide-react';

export interface RailItem {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly isCurrent: boolean;
  /** Said and shown as a dot where something is going on there. */
  readonly activity?: string;
  /** How many wait there. */
  readonly count?: { readonly shown: string; readonly said: string };
}

export function IconRail({ label, items }: { readonly label: string; readonly items: readonly RailItem[] }) {
  return (
    <nav className="rail" aria-label={label}>
      {items.map(({ href, label, icon: Icon, isCurrent, activity, count }) => (
        <a key={label} href={href} aria-current={isCurrent ? 'page' : undefined}>
          <Icon size={20} strokeWidth={1.35} aria-hidden="true" />
          {label}
          {activity && (
            <span className="rail-live">
              <span className="sr-only">, {activity}</span>
            </span>
          )}
          {count && (
            <span className="rail-count">
              <span aria-hidden="true">{count.shown}</span>
              <span className="sr-only">, {count.said}</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
