/** The start page: the bundled demo one click from training, a recipe by its path, and the device. */
import { strings } from '../../strings.ts';
import { DemoCard } from './demo-card.tsx';
import { DeviceCard } from './device-card.tsx';
import { LaunchResult } from './launch-result.tsx';
import './new-run.css';
import { RecipeCard } from './recipe-card.tsx';
import { TotalsCard } from './totals-card.tsx';
import { type LaunchState, useLaunch } from './use-launch.ts';

interface NewRunPageProps {
  onStarted(id: string): void;
}

export function NewRunPage({ onStarted }: NewRunPageProps) {
  const launch = useLaunch(onStarted);
  const { state } = launch;
  const isBusy = state.phase === 'checking' || state.phase === 'starting';
  const report = 'report' in state ? state.report : null;
  return (
    <div className="page new-run">
      <header className="page-head">
        <h1>{strings.newRun.title}</h1>
        <p>{strings.newRun.lead}</p>
      </header>
      <div className="new-run-main">
        <DemoCard launch={launch} isBusy={isBusy} />
        <LaunchResult state={state} sourceName={nameOf(state)} onCancel={launch.cancel} />
        <RecipeCard launch={launch} isBusy={isBusy} />
      </div>
      <aside className="new-run-side" aria-label={strings.newRun.device}>
        {report && <TotalsCard report={report} />}
        <DeviceCard />
      </aside>
    </div>
  );
}

function nameOf(state: LaunchState): string {
  const source = 'source' in state ? state.source : null;
  return source?.kind === 'file' ? source.path : strings.newRun.demoSource;
}
