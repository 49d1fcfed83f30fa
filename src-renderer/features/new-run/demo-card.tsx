/** What the bundled demo is, and the button that trains it. */
import { ListChecks, Play } from 'lucide-react';
import type { DemoInfo, RecipeSource } from '../../../src-shared/contract/procedures.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import type { Launch } from './use-launch.ts';

const DEMO: RecipeSource = { kind: 'demo' };

export function DemoCard({ launch, isBusy }: { readonly launch: Launch; readonly isBusy: boolean }) {
  const demo = useQuery('demo.describe', {});
  const runDemo = useCommand({
    id: 'newRun.runDemo',
    title: strings.newRun.runDemo,
    shortcut: 'Mod+Enter',
    enabled: !isBusy,
    run: () => launch.start(DEMO),
  });
  const checkDemo = useCommand({
    id: 'newRun.checkDemo',
    title: strings.newRun.checkDemo,
    enabled: !isBusy,
    run: () => launch.check(DEMO),
  });
  return (
    <Card title={strings.newRun.demo}>
      <div className="card-body demo">
        {demo.status === 'ready' && <DemoFacts demo={demo.value} />}
        {demo.status === 'failed' && (
          <ErrorCallout error={demo.error}>
            <Button onClick={demo.reload}>{strings.app.retry}</Button>
          </ErrorCallout>
        )}
        <div className="row row-wrap">
          <CommandButton command={runDemo} variant="primary" icon={Play} />
          <CommandButton command={checkDemo} icon={ListChecks} />
        </div>
      </div>
    </Card>
  );
}

function DemoFacts({ demo }: { readonly demo: DemoInfo }) {
  const example = demo.heldOut[0];
  return (
    <>
      <p className="demo-lead">{strings.newRun.demoLead}</p>
      <dl className="facts facts-left">
        <dt>{strings.newRun.demoName}</dt>
        <dd>{demo.name}</dd>
        <dt>{strings.newRun.task}</dt>
        <dd>{demo.task}</dd>
        <dt>{strings.newRun.model}</dt>
        <dd>{demo.modelName}</dd>
        <dt>{strings.newRun.conversations}</dt>
        <dd>{formatCount(demo.conversations)}</dd>
      </dl>
      {example && (
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
      )}
    </>
  );
}
