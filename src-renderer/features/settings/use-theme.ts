/** The theme of the settings, applied to the page, and the way to choose another. */
import { useEffect } from 'react';
import type { Theme } from '../../../src-shared/domain/settings.ts';
import { useSettings } from '../../backend-client/use-settings.ts';
import { applyTheme, useShownTheme } from '../../ui/theme.ts';

/** A choice shows at once. Where it cannot be stored, it holds for this page. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const { view, change } = useSettings();
  const shown = useShownTheme();
  const kept = view.status === 'ready' ? view.value.settings.theme : null;
  useEffect(() => {
    if (kept !== null) applyTheme(kept);
  }, [kept]);
  const choose = (theme: Theme) => {
    applyTheme(theme);
    void change({ theme });
  };
  return [shown, choose];
}
