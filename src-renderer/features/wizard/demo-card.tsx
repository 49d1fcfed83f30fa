/** What the bundled demo is, and the button that trains it. */
import { Play } from 'lucide-react';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { QueuedNotice } from '../../launch/queued-notice.tsx';
import { useLaunch } from '../../launch/use-launch.ts';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';

export function DemoCard({ onStarted }: { onStarted(id: string): void }) {
  const demo = useQuery('demo.describe', {});
  const launch = useLaunch(onStarted);
  const runDemo = useCommand({
    id: 'newRun.runDemo',
    title: strings.newRun.runDemo,
    enabled: !launch.isLaunching,
    run: () => launch.start({ kind: 'demo' }),
  });
  const example = demo.status === 'ready' ? demo.value.heldOut[0] : undefined;
  return (
    <section className="card demo" aria-labelledby="demo-title">
      <div className="row demo-head">
        <Play className="accent" size={20} strokeWidth={1.35} aria-hidden="true" />
        <div className="grow">
          <h2 id="demo-title">{strings.newRun.demo}</h2>
          <p className="soft">
            {demo.status === 'ready'
              ? strings.newRun.demoLead(demo.value.task, formatCount(demo.value.conversations))
              : strings.app.loading}
          </p>
        </div>
        {launch.isLaunching && (
          <Button variant="quiet" onClick={launch.cancel}>
            {strings.newRun.cancel}
          </Button>
        )}
        <CommandButton command={runDemo} variant="primary" icon={Play} />
      </div>
      {launch.isLaunching && (
        <p className="row soft demo-foot">
          <span className="spinner" aria-hidden="true" />
          {strings.newRun.starting}
        </p>
      )}
      {launch.error && (
        <div className="demo-foot">
          <ErrorCallout error={launch.error} />
        </div>
      )}
      {launch.queued !== null && (
        <div className="demo-foot">
          <QueuedNotice words={launch.queued} />
        </div>
      )}
      {example && (
        <details className="demo-foot more">
          <summary>{strings.newRun.example}</summary>
          <dl className="demo-example">
            <div>
              <dt>{strings.newRun.example}</dt>
              <dd className="mono">{example.prompt}</dd>
            </div>
            <div>
              <dt>{strings.newRun.expected}</dt>
              <dd className="mono">{example.expected}</dd>
            </div>
          </dl>
        </details>
      )}
    </section>
  );
}
