/** Where settings and data lie, and what to do about a settings file that cannot be read. */
import { FolderOpen } from 'lucide-react';
import type { SettingsView } from '../../../src-shared/domain/settings.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { desktop } from '../../backend-client/desktop.ts';
import { settingsStrings } from '../../strings/settings.ts';
import { strings as common } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';

const strings = settingsStrings.file;

export function PlaceCard({ path }: { readonly path: string }) {
  const info = useQuery('app.info', {});
  return (
    <Card
      title={strings.title}
      actions={
        desktop && (
          <Button variant="quiet" icon={FolderOpen} onClick={() => void desktop?.showInFolder(path)}>
            {strings.show}
          </Button>
        )
      }
    >
      <div className="card-body">
        <dl className="facts facts-left">
          <dt>{strings.settings}</dt>
          <dd className="mono">{path}</dd>
          {info.status === 'ready' && (
            <>
              <dt>{strings.home}</dt>
              <dd className="mono">{info.value.home}</dd>
              <dt>{common.newRun.version}</dt>
              <dd>{info.value.version}</dd>
            </>
          )}
        </dl>
      </div>
    </Card>
  );
}

export function FaultyFile({ view: { faulty, path } }: { readonly view: SettingsView }) {
  if (faulty.length === 0) return null;
  const isWhole = faulty.includes('');
  return (
    <Callout tone="warn" title={isWhole ? strings.whole : strings.keys}>
      <p className="wrap">
        {isWhole ? strings.wholeCause(path) : strings.keysCause(faulty.join(', '), path)}
      </p>
      <p>{strings.remedy}</p>
    </Callout>
  );
}
