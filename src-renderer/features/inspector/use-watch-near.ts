/** One observer for all parts of a long scroller: tells each when it comes near the window and when it leaves. */
import { type RefObject, useCallback, useEffect, useRef } from 'react';

/** Returns what ends the watch. */
export type WatchNear = (element: Element, onChange: (isNear: boolean) => void) => () => void;

/** `marginPx` around the window is near it. */
export function useWatchNear(scroller: RefObject<HTMLElement | null>, marginPx: number): WatchNear {
  const observer = useRef<IntersectionObserver | null>(null);
  const watched = useRef(new Map<Element, (isNear: boolean) => void>());
  useEffect(
    () => () => {
      observer.current?.disconnect();
      observer.current = null;
    },
    [],
  );
  return useCallback(
    (element, onChange) => {
      observer.current ??= new IntersectionObserver(
        entries => {
          for (const { target, isIntersecting } of entries) watched.current.get(target)?.(isIntersecting);
        },
        { root: scroller.current, rootMargin: `${marginPx}px` },
      );
      watched.current.set(element, onChange);
      observer.current.observe(element);
      return () => {
        watched.current.delete(element);
        observer.current?.unobserve(element);
      };
    },
    [scroller, marginPx],
  );
}
