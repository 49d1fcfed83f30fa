/** Step 2: the data file, how its rows are read, which of them cannot be used, and what is held back. */
import { FilePlus2, RefreshCw, Table, Wrench, X } from 'lucide-react';
import { useEffect } from 'react';
import { DATA_EXTENSIONS } from '../../../src-shared/domain/dropped-file.ts';
import { type UnknownColumns, unknownColumnsSchema } from '../../../src-shared/domain/inspection.ts';
import { PathField } from '../../files/path-field.tsx';
import { formatCount } from '../../format/numbers.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { DataRows } from './data-rows.tsx';
import { nameForData, valuesForData } from './follow-choices.ts';
import { MappingCard } from './mapping-card.tsx';
import { ProblemsCard } from './problems-card.tsx';
import { useField } from './recipe-fields.tsx';
import { SplitCard } from './split-card.tsx';
import { fileName } from './step-state.ts';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.data;

export function DataStep() {
  const { inspection } = useWizard();
  useFollowData();
  const { value, error, isPending } = inspection;
  const unknown = unknownColumnsSchema.safeParse(error?.details).data ?? null;
  // Where the layout is in question, it can be chosen.
  const isInQuestion = unknown !== null || error?.code === 'data.notADataset';
  const read = error ? isInQuestion && { columns: unknown?.columns ?? [], roles: {}, mapping: null } : value;
  return (
    <div className="page page-side">
      <header className="page-head">
        <h1>{strings.title}</h1>
        <p>{strings.lead}</p>
      </header>
      <div className="stack-4">
        <Card title={strings.file}>
          <div className="card-body stack-3">
            <DataFiles />
            {error && (
              <ErrorCallout error={error}>
                {unknown?.proposal && <ProposalButton proposal={unknown.proposal} />}
              </ErrorCallout>
            )}
            {isPending && (
              <p className="soft row">
                <span className="spinner" aria-hidden="true" />
                {strings.reading}
              </p>
            )}
          </div>
        </Card>
        {value && !error && <DataRows inspection={value} />}
      </div>
      <aside className="stack-4" aria-label={strings.mapping}>
        {value && !error && <ProblemsCard inspection={value} />}
        {read && <MappingCard {...read} />}
        <SplitCard />
      </aside>
    </div>
  );
}

/** One click where the columns have names of their own. */
function ProposalButton({ proposal }: { readonly proposal: NonNullable<UnknownColumns['proposal']> }) {
  const { store } = useWizard().draft;
  return (
    <p>
      <Button
        variant="primary"
        icon={Wrench}
        onClick={() => store.set({ 'dataset.columns': proposal, 'dataset.format': 'auto' })}
      >
        {strings.readFrom(proposal.prompt, proposal.completion)}
      </Button>
    </p>
  );
}

/** Small data takes smaller steps, and an unnamed run the name of its data. */
function useFollowData(): void {
  const { inspection, draft } = useWizard();
  const { value, error, isPending } = inspection;
  const { store } = draft;
  useEffect(() => {
    if (!value || error || isPending) return;
    const { recipe } = store.get();
    const values = valuesForData(value, recipe);
    const path = (recipe['dataset'] as { path?: unknown } | undefined)?.path;
    if (recipe['name'] === 'untitled' && typeof path === 'string' && path !== '')
      values['name'] = nameForData(path);
    if (Object.keys(values).length > 0) store.follow(values);
  }, [value, error, isPending, store]);
}

function DataFiles() {
  const { inspection, readAgain } = useWizard();
  const { value, error } = inspection;
  const { value: chosen, set } = useField('dataset.path');
  const paths = Array.isArray(chosen) ? chosen.map(String) : [String(chosen ?? '')];
  const change = (next: readonly string[]) => set(next.length === 1 ? next[0] : next);
  return (
    <>
      {paths.map((path, i) => (
        <PathField
          // biome-ignore lint/suspicious/noArrayIndexKey: a path is typed letter by letter; its place is what stays
          key={i}
          label={strings.file}
          help={i === 0 ? strings.fileHelp : ''}
          placeholder={strings.placeholder}
          value={path}
          extensions={DATA_EXTENSIONS}
          onChange={next => change(paths.map((old, k) => (k === i ? next : old)))}
        >
          {paths.length > 1 && (
            <IconButton
              label={strings.removeFile(fileName(path))}
              icon={X}
              onClick={() => change(paths.filter((_, k) => k !== i))}
            />
          )}
        </PathField>
      ))}
      <div className="row row-wrap">
        <Button
          icon={FilePlus2}
          isDisabled={paths.some(path => path === '')}
          onClick={() => change([...paths, ''])}
        >
          {strings.addFile}
        </Button>
        {paths.length > 1 && <span className="small quiet">{strings.layoutOfFirst}</span>}
        {(value || error) && (
          <Button variant="quiet" icon={RefreshCw} onClick={readAgain}>
            {strings.readAgain}
          </Button>
        )}
        <span className="grow" />
        {value && !error && (
          <span className="row">
            <Table size={14} strokeWidth={1.5} aria-hidden="true" />
            {strings.rowCount(formatCount(value.rows), formatCount(value.conversations))}
          </span>
        )}
      </div>
    </>
  );
}
