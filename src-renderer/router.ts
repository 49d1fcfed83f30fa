/** The page's routes, kept in the address behind `#` so that they work under any host. */
import { useMemo, useSyncExternalStore } from 'react';
import { assertNever } from '../src-shared/domain/assert-never.ts';
import { STEPS, type StepName } from './strings/wizard.ts';

export type Route =
  | { readonly page: 'newRun'; readonly step: StepName }
  | { readonly page: 'live' }
  | { readonly page: 'history' }
  | { readonly page: 'disk' }
  | { readonly page: 'settings' }
  | { readonly page: 'compare'; readonly ids: readonly string[] }
  | { readonly page: 'run'; readonly id: string }
  | { readonly page: 'worst'; readonly id: string }
  /** Null is the newest run that can answer. */
  | { readonly page: 'chat'; readonly id: string | null };

/** Unknown addresses lead to the start page. */
export function parseRoute(hash: string): Route {
  const [first, second] = hash.replace(/^#\/?/, '').split('/');
  if (first === 'runs' && second) return { page: 'run', id: decodeURIComponent(second) };
  if (first === 'runs') return { page: 'history' };
  if (first === 'worst' && second) return { page: 'worst', id: decodeURIComponent(second) };
  if (first === 'chat') return { page: 'chat', id: second ? decodeURIComponent(second) : null };
  if (first === 'compare') return { page: 'compare', ids: idsIn(second) };
  if (first === 'disk') return { page: 'disk' };
  if (first === 'settings') return { page: 'settings' };
  if (first === 'live') return { page: 'live' };
  const step = first === 'new' ? STEPS.find(name => name === second) : undefined;
  return { page: 'newRun', step: step ?? 'model' };
}

function idsIn(part: string | undefined): readonly string[] {
  return (part ?? '').split(',').filter(Boolean).map(decodeURIComponent);
}

export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'newRun':
      return route.step === 'model' ? '#/' : `#/new/${route.step}`;
    case 'live':
      return '#/live';
    case 'history':
      return '#/runs';
    case 'compare':
      return `#/compare/${route.ids.map(encodeURIComponent).join(',')}`;
    case 'disk':
      return '#/disk';
    case 'settings':
      return '#/settings';
    case 'run':
      return `#/runs/${encodeURIComponent(route.id)}`;
    case 'worst':
      return `#/worst/${encodeURIComponent(route.id)}`;
    case 'chat':
      return route.id === null ? '#/chat' : `#/chat/${encodeURIComponent(route.id)}`;
    default:
      return assertNever(route);
  }
}

export function navigate(route: Route): void {
  window.location.hash = hrefOf(route);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(watchHash, () => window.location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}

function watchHash(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
