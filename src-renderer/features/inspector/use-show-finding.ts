/** Leads from a finding of preflight to its token: shown, focused and said, once the row is here. */
import { type RefObject, useEffect, useRef } from 'react';
import { formatCount } from '../../format/numbers.ts';
import { inspectorStrings as strings } from '../../strings/inspector.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import type { ShownExample } from './use-example.ts';

/** A check's id, and one of its rows. */
export interface WantedFinding {
  readonly row: number;
  readonly check: string;
}

interface ShowFindingOptions {
  readonly shown: ShownExample;
  readonly wanted: WantedFinding | null;
  readonly active: number | null;
  setActive(token: number): void;
  setPart(part: number): void;
  setView(view: 'tokens'): void;
  onShown(): void;
}

/** Gives the ref of the element that holds the tokens' listbox. */
export function useShowFinding(options: ShowFindingOptions): RefObject<HTMLElement | null> {
  const { shown, wanted, active, setActive, setPart, setView, onShown } = options;
  const { example, isPending } = shown;
  const center = useRef<HTMLElement>(null);
  const toFocus = useRef<number | null>(null);
  const announce = useAnnounce();

  useEffect(() => {
    if (!wanted || !example || isPending || example.row !== wanted.row) return;
    // A check without a place speaks of the row as a whole.
    const { part, token } = example.places[wanted.check] ?? { part: example.part, token: 0 };
    if (part !== example.part) return setPart(part);
    setView('tokens');
    if (example.tokens === 0) announce(strings.atRow(formatCount(example.row)));
    else {
      setActive(token);
      toFocus.current = token;
      announce(strings.atFinding(formatCount(example.row), formatCount(token)));
    }
    onShown();
  }, [wanted, example, isPending, setActive, setPart, setView, announce, onShown]);

  useEffect(() => {
    // In the render behind the choice, else the list would choose a token of its own when it gets the focus.
    if (active === null || active !== toFocus.current) return;
    toFocus.current = null;
    center.current?.querySelector<HTMLElement>('[role="listbox"]')?.focus();
  }, [active]);
  return center;
}
