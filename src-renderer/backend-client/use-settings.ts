/** The settings of the data folder, kept true by the backend's own word that they changed. */
import { useCallback, useEffect } from 'react';
import type { Outcome } from '../../src-shared/contract/coded-error.ts';
import type { Settings, SettingsView } from '../../src-shared/domain/settings.ts';
import { type QueryResult, useBackend, useQuery } from './backend-context.tsx';

export interface SettingsAccess {
  readonly view: QueryResult<SettingsView>;
  /** All or nothing; errors are those of `settings.change`. */
  change(changes: Partial<Settings>): Promise<Outcome<SettingsView>>;
}

export function useSettings(): SettingsAccess {
  const client = useBackend();
  const view = useQuery('settings.show', {});
  const { reload } = view;
  useEffect(
    () => client.subscribe('settings.changed', {}, { event: reload, standing: reload }),
    [client, reload],
  );
  const change = useCallback(
    (changes: Partial<Settings>) => client.call('settings.change', { changes }),
    [client],
  );
  return { view, change };
}
