/** Where Luthier keeps its data: the place that each platform has for it. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function defaultHome(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string {
  const { LUTHIER_HOME: own, APPDATA: appData, XDG_DATA_HOME: dataHome } = environment;
  if (own) return own;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Luthier');
  if (platform === 'win32') return join(appData ?? join(homedir(), 'AppData', 'Roaming'), 'Luthier');
  return join(dataHome || join(homedir(), '.local', 'share'), 'luthier');
}
