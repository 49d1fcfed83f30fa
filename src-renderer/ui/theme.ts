/** The theme: light, dark, or what the system says. The settings keep it; the page remembers it for its first frame. */
import { useSyncExternalStore } from 'react';
import { THEMES, type Theme } from '../../src-shared/domain/settings.ts';

/** Where the page remembers what it showed last; the settings arrive only after the first frame. */
const STORAGE_KEY = 'luthier.shownTheme';

export function rememberedTheme(): Theme {
  const stored = localStorage.getItem(STORAGE_KEY);
  return THEMES.find(theme => theme === stored) ?? 'system';
}

export function applyTheme(theme: Theme): void {
  localStorage.setItem(STORAGE_KEY, theme);
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme);
}

/** The theme that is applied now, by whomever. */
export function useShownTheme(): Theme {
  return useSyncExternalStore(watchColours, shownTheme);
}

function shownTheme(): Theme {
  const shown = document.documentElement.getAttribute('data-theme');
  return THEMES.find(theme => theme === shown) ?? 'system';
}

/** A text that changes with every change of colours, for what is drawn by hand and has to be redrawn. */
export function useColourKey(): string {
  return useSyncExternalStore(watchColours, colourKey);
}

const COLOUR_QUERIES = [
  '(prefers-color-scheme: dark)',
  '(forced-colors: active)',
  '(prefers-contrast: more)',
];

function colourKey(): string {
  const system = COLOUR_QUERIES.map(query => window.matchMedia(query).matches);
  return [document.documentElement.getAttribute('data-theme'), ...system].join(' ');
}

function watchColours(listener: () => void): () => void {
  const queries = COLOUR_QUERIES.map(query => window.matchMedia(query));
  for (const query of queries) query.addEventListener('change', listener);
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener('change', listener);
  };
}
