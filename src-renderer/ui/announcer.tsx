/** One polite live region for the whole window, and the hook to speak through it. */
import { createContext, type ReactNode, useContext, useState } from 'react';

const AnnounceContext = createContext<(text: string) => void>(() => {});

export function AnnouncerProvider({ children }: { readonly children: ReactNode }) {
  const [text, setText] = useState('');
  return (
    <AnnounceContext value={setText}>
      {children}
      <div role="status" className="sr-only">
        {text}
      </div>
    </AnnounceContext>
  );
}

/** Stable; says `text` to screen readers when they are done with what they say now. */
export function useAnnounce(): (text: string) => void {
  return useContext(AnnounceContext);
}
