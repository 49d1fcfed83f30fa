/** The theme: light, dark, or what the system says; remembered on this machine. */
import { useState, useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'luthier.theme';

export function storedTheme(): Theme {
  const stored = localStorage.getItem(STORAGE_KEY);
  return THEMES.find(theme => theme === stored) ?? 'system';
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme);
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(storedTheme);
  return [
    theme,
    next => {
      localStorage.setItem(STORAGE_KEY, next);
      applyTheme(next);
      setTheme(next);
    },
  ];
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
