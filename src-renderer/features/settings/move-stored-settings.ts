/** Settings that earlier versions kept in the page's own storage move to the data folder, once. */
import { isWholePath, THEMES } from '../../../src-shared/domain/settings.ts';
import type { BackendClient } from '../../backend-client/client.ts';

const OLD_THEME = 'luthier.theme';
const OLD_FOLDERS = 'luthier.modelFolders';
const MOST_FOLDERS = 50;

/** What the page stored is forgotten only when the backend has it. */
export async function moveStoredSettings(client: BackendClient, storage: Storage): Promise<void> {
  const theme = THEMES.find(name => name === storage.getItem(OLD_THEME));
  const folders = storedFolders(storage);
  if (theme === undefined && folders.length === 0) return;
  const before = await client.call('settings.show', {});
  if (!before.ok) return;
  const modelFolders = [...before.value.settings.modelFolders, ...folders].slice(0, MOST_FOLDERS);
  const changes = {
    ...(theme === undefined ? {} : { theme }),
    ...(folders.length === 0 ? {} : { modelFolders }),
  };
  const moved = await client.call('settings.change', { changes });
  if (!moved.ok) return;
  storage.removeItem(OLD_THEME);
  storage.removeItem(OLD_FOLDERS);
}

function storedFolders(storage: Storage): readonly string[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(OLD_FOLDERS) ?? '[]');
    const isFolder = (folder: unknown) => typeof folder === 'string' && isWholePath(folder);
    return Array.isArray(kept) ? kept.filter(isFolder) : [];
  } catch {
    return [];
  }
}
