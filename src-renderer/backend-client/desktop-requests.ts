/** What the desktop app asks of the page, handed to whoever answers that kind. */
import { useEffect } from 'react';
import type { PageRequest } from '../../src-shared/contract/messages.ts';
import { desktop } from './desktop.ts';

type Kind = PageRequest['kind'];
type RequestOf<K extends Kind> = Extract<PageRequest, { readonly kind: K }>;

const answers = new Map<Kind, (request: PageRequest) => void>();
/** The bridge takes one listener for the life of the page. */
let isListening = false;

/** To be used by one component for each kind; in a browser nothing asks. */
export function useDesktopRequest<K extends Kind>(kind: K, answer: (request: RequestOf<K>) => void): void {
  useEffect(() => {
    answers.set(kind, request => answer(request as RequestOf<K>));
    if (isListening) return;
    isListening = true;
    desktop?.onRequest(request => answers.get(request.kind)?.(request));
  });
}
