/** Choices that hold for the data folder; each applies at once. */
import type { ReactNode } from 'react';
import { THEMES } from '../../../src-shared/domain/settings.ts';
import { useSettings } from '../../backend-client/use-settings.ts';
import { settingsStrings as strings } from '../../strings/settings.ts';
import { strings as common } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { FolderCard } from './folder-card.tsx';
import { NotifyCard } from './notify-card.tsx';
import './settings.css';
import { FaultyFile, PlaceCard } from './place-card.tsx';
import { useTheme } from './use-theme.ts';

export function SettingsPage({ cacheLimit }: { readonly cacheLimit: ReactNode }) {
  const { view } = useSettings();
  return (
    <div className="page settings">
      <header className="page-head">
        <h1>{strings.title}</h1>
        <p>{strings.lead}</p>
      </header>
      {view.status === 'failed' && (
        <ErrorCallout error={view.error}>
          <Button onClick={view.reload}>{common.app.retry}</Button>
        </ErrorCallout>
      )}
      {view.status === 'ready' && (
        <>
          <FaultyFile view={view.value} />
          <Appearance />
          <NotifyCard view={view.value} />
          <FolderCard view={view.value} />
          {cacheLimit}
          <PlaceCard path={view.value.path} />
        </>
      )}
    </div>
  );
}

function Appearance() {
  const [theme, setTheme] = useTheme();
  return (
    <Card title={strings.appearance}>
      <div className="card-body setting">
        <div>
          <h3>{common.app.theme}</h3>
          <p className="soft">{strings.themeHelp}</p>
        </div>
        <Segmented
          label={strings.appearance}
          value={theme}
          onChange={setTheme}
          options={THEMES.map(value => ({ value, label: common.app.themes[value] }))}
        />
      </div>
    </Card>
  );
}
