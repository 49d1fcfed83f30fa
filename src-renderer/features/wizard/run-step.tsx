/** Step 8: says in words what a launch will do, or why it would be refused; the backend has the last word. */
import { ListPlus, OctagonAlert, Play, Unlink } from 'lucide-react';
import { Fragment } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RecipeSource } from '../../../src-shared/contract/recipe-source.ts';
import type { DraftParent } from '../../../src-shared/domain/kept-draft.ts';
import { preflightReportSchema } from '../../../src-shared/domain/preflight.ts';
import { adapterOfParent } from '../../../src-shared/domain/run.ts';
import { useAnswer } from '../../backend-client/use-answer.ts';
import { checksOf } from '../../checks/check-order.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import type { Draft } from '../../draft/use-draft.tsx';
import { formatCount } from '../../format/numbers.ts';
import { QueuedNotice } from '../../launch/queued-notice.tsx';
import { useLaunch } from '../../launch/use-launch.ts';
import { hrefOf } from '../../router.ts';
import { familyStrings } from '../../strings/family.ts';
import { queueStrings } from '../../strings/queue.ts';
import { STEPS, wizardStrings } from '../../strings/wizard.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { TextField } from './recipe-fields.tsx';
import { useWizard, type Wizard } from './use-wizard.tsx';

const strings = wizardStrings.run;

export function RunStep({ onStarted }: { onStarted(id: string): void }) {
  const wizard = useWizard();
  const { draft, preparation, facts } = wizard;
  const launch = useLaunch(onStarted);
  const yaml = useAnswer('recipe.yaml', draft.whole && { recipe: draft.whole });
  const reason = whyNot(wizard);
  const start = useCommand({
    id: 'newRun.launch',
    title: strings.launch,
    enabled: !launch.isLaunching,
    run: () => launch.start(sourceOf(draft)),
  });
  const enqueue = useCommand({
    id: 'newRun.enqueue',
    title: queueStrings.add,
    enabled: reason === null && !launch.isLaunching,
    run: () => launch.enqueue(sourceOf(draft)),
  });
  const totals = preparation.prepared?.report.totals;
  return (
    <div className="page page-halves">
      <header className="page-head">
        <h1>{strings.title}</h1>
        <p>{strings.lead}</p>
      </header>
      <div className="stack-4">
        <Card title={wizardStrings.steps.names.run}>
          <div className="card-body stack-4">
            <TextField field="name" label={strings.name} />
            <Choices />
            {draft.parent && (
              <Parent parent={draft.parent} recipe={draft.recipe} onForget={draft.store.forgetParent} />
            )}
            {reason === null && totals ? (
              <div className="launch-words">
                <p>
                  {strings.willHappen(
                    formatCount(totals.steps),
                    facts.value?.name ?? '',
                    formatCount(totals.kept),
                    formatCount(totals.trainableTokens),
                  )}
                </p>
                <p className="soft">{strings.goesTo(draft.whole?.output.directory ?? strings.appFolder)}</p>
              </div>
            ) : (
              <p className="error word">
                <OctagonAlert size={16} strokeWidth={1.75} aria-hidden="true" />
                {strings.cannot(reason ?? '')}{' '}
                <a href={hrefOf({ page: 'newRun', step: 'preflight' })}>
                  {wizardStrings.preflight.goToStep(wizardStrings.steps.names.preflight)}
                </a>
              </p>
            )}
            <div className="row row-wrap">
              <CommandButton command={start} variant={reason === null ? 'primary' : 'plain'} icon={Play} />
              <CommandButton command={enqueue} icon={ListPlus} />
              {launch.isLaunching && (
                <>
                  <span className="spinner" aria-hidden="true" />
                  <span className="soft">{strings.launching}</span>
                  <Button variant="quiet" onClick={launch.cancel}>
                    {strings.cancel}
                  </Button>
                </>
              )}
            </div>
            {launch.queued !== null && <QueuedNotice words={launch.queued} />}
            {launch.error && <ErrorCallout error={shortened(launch.error)} />}
          </div>
        </Card>
      </div>
      <aside aria-label={strings.recipe}>
        <Card title={strings.recipe}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll */}
          <div className="yaml" tabIndex={0} role="group" aria-label={strings.recipe}>
            <pre>{yaml.value?.yaml}</pre>
          </div>
        </Card>
      </aside>
    </div>
  );
}

function sourceOf({ recipe, parent }: Draft): RecipeSource {
  return {
    kind: 'draft',
    recipe: { ...recipe },
    ...(parent === null ? {} : { parent: { kind: parent.kind, id: parent.id } }),
  };
}

interface ParentProps {
  readonly parent: DraftParent;
  readonly recipe: Draft['recipe'];
  onForget(): void;
}

/** What was chosen in each step, which it leads back to. */
function Choices() {
  const { states } = useWizard();
  return (
    <dl className="facts run-facts">
      {STEPS.slice(0, STEPS.indexOf('preflight')).map(step => (
        <Fragment key={step}>
          <dt>
            <a href={hrefOf({ page: 'newRun', step })}>{wizardStrings.steps.names[step]}</a>
          </dt>
          <dd className="clip">{states[step].value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** The run will say which one it comes from. */
function Parent({ parent: { kind, id, name }, recipe, onForget }: ParentProps) {
  const adapter = kind === 'continued' ? adapterOfParent(recipe) : null;
  return (
    <p className="row row-wrap">
      <span>
        <span className="soft">{familyStrings.from[kind]}</span>{' '}
        <a href={hrefOf({ page: 'run', id })}>{name}</a>{' '}
        {adapter && <span className="soft">{familyStrings.withAdapter[adapter]}</span>}
      </span>
      <Button variant="quiet" icon={Unlink} onClick={onForget}>
        {familyStrings.forget}
      </Button>
    </p>
  );
}

/** Null where nothing that is known here keeps the run from starting. */
function whyNot({ draft, preparation }: Wizard): string | null {
  const { prepared, error, isPending } = preparation;
  if (!draft.whole) return strings.notWhole(draft.faults.length);
  if (error) return `${strings.checkFailed} ${error.title}`;
  if (!prepared || isPending) return strings.notChecked;
  if (prepared.report.status === 'blocked')
    return checksOf(prepared.report, 'error').find(check => !check.allowed)?.title ?? strings.checkFailed;
  return prepared.vocabularyOnly ? strings.vocabularyOnly : null;
}

/** The report of a refusal stands in the preflight step. */
function shortened(error: CodedError): CodedError {
  const report = preflightReportSchema.safeParse(error.details);
  const worst = report.success ? checksOf(report.data, 'error')[0] : undefined;
  return worst ? { ...error, cause: `${worst.id}: ${worst.title} ${worst.cause}` } : error;
}
