/** Step 3: where the template comes from, its source beside what it renders, edits and their faults in place. */
import { Check, ChevronLeft, ChevronRight, RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { PRESETS } from '../../../src-shared/templates/presets.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { useAnswer } from '../../backend-client/use-answer.ts';
import { PathField } from '../../files/path-field.tsx';
import { formatCount } from '../../format/numbers.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { JinjaEditor } from './jinja-editor.tsx';
import { diffLines } from './line-diff.ts';
import { SwitchField, useField } from './recipe-fields.tsx';
import { TemplateVariables } from './template-variables.tsx';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.template;
type Source = keyof typeof strings.sources;
const TYPING_MS = 250;

export function TemplateStep() {
  const { draft, row, setRow, inspection, edit, setEdit } = useWizard();
  const client = useBackend();
  const [isComparing, setIsComparing] = useState(false);
  const [error, setError] = useState<CodedError | null>(null);
  const sources = useAnswer('template.sources', draft.whole && { recipe: draft.whole });
  const used = sources.value?.source ?? '';
  const source = edit ?? used;
  const rendered = useAnswer(
    'template.render',
    draft.whole && { recipe: draft.whole, source: edit, row },
    TYPING_MS,
  );
  const rows = inspection.value?.rows ?? null;

  const apply = async () => {
    const outcome = await client.call('template.save', { name: String(draft.recipe['name'] ?? ''), source });
    setError(outcome.ok ? null : outcome.error);
    if (!outcome.ok) return;
    draft.store.set({ 'template.source': 'file', 'template.path': outcome.value.path });
    setEdit(null);
  };

  return (
    <div className="page page-halves">
      <header className="page-head">
        <h1>{strings.title}</h1>
        <p>{strings.lead}</p>
      </header>
      <div className="stack-4">
        <SourceCard />
        <Card
          title={strings.editor}
          actions={
            <>
              {edit !== null && <span className="small quiet">{strings.edited}</span>}
              <Segmented
                label={strings.compare}
                value={isComparing ? 'compare' : 'edit'}
                options={[
                  { value: 'edit', label: strings.editor },
                  { value: 'compare', label: strings.compare },
                ]}
                onChange={value => setIsComparing(value === 'compare')}
              />
            </>
          }
        >
          {isComparing ? (
            <Comparison modelSource={sources.value?.modelSource ?? null} source={source} />
          ) : (
            <JinjaEditor
              source={source}
              faultLine={faultLine(rendered.error)}
              fault={rendered.error ? faultText(rendered.error) : null}
              onChange={next => setEdit(next === used ? null : next)}
            />
          )}
          <div className="row row-wrap card-actions">
            <Button
              variant="primary"
              icon={Check}
              isDisabled={edit === null || rendered.error !== null || rendered.isPending}
              onClick={() => void apply()}
            >
              {strings.apply}
            </Button>
            <Button icon={RotateCcw} isDisabled={edit === null} onClick={() => setEdit(null)}>
              {strings.revert}
            </Button>
          </div>
          {error && <ErrorCallout error={error} />}
        </Card>
      </div>
      <Card
        title={strings.rendering}
        actions={
          <span className="row">
            <IconButton
              label={wizardStrings.data.previousPage}
              icon={ChevronLeft}
              isDisabled={row === 0}
              onClick={() => setRow(row - 1)}
            />
            <span className="soft small">{strings.row(formatCount(row))}</span>
            <IconButton
              label={wizardStrings.data.nextPage}
              icon={ChevronRight}
              isDisabled={rows !== null && row >= rows - 1}
              onClick={() => setRow(row + 1)}
            />
          </span>
        }
      >
        {rendered.error ? (
          <div className="card-body">
            <ErrorCallout error={rendered.error} />
          </div>
        ) : (
          rendered.value && <Rendered {...rendered.value} isOld={rendered.isPending} />
        )}
      </Card>
    </div>
  );
}

function SourceCard() {
  const { facts, setEdit, draft } = useWizard();
  const source = useField('template.source');
  const preset = useField('template.preset');
  const path = useField('template.path');
  const chosen = PRESETS.find(({ name }) => name === preset.value);
  const choose = (next: Source) => {
    setEdit(null);
    const named =
      next === 'preset' && typeof preset.value !== 'string' ? { 'template.preset': 'chatml' } : {};
    draft.store.set({ 'template.source': next, ...named });
  };
  return (
    <Card title={strings.source}>
      <div className="card-body stack-3">
        <Segmented
          label={strings.source}
          value={String(source.value) as Source}
          options={Object.entries(strings.sources).map(([value, label]) => ({
            value: value as Source,
            label,
          }))}
          onChange={choose}
        />
        {source.value === 'model' && facts.value?.hasTemplate === false && (
          <Callout tone="warn" title={strings.noneInModel} />
        )}
        {source.value === 'preset' && (
          <div className="field">
            <label htmlFor="template-preset">{strings.preset}</label>
            <select
              id="template-preset"
              value={String(preset.value ?? '')}
              onChange={event => {
                setEdit(null);
                preset.set(event.target.value);
              }}
            >
              {PRESETS.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
            {chosen && <p className="meaning">{strings.presetModels(chosen.models)}</p>}
            {preset.fault && <p className="field-error">{preset.fault}</p>}
          </div>
        )}
        {source.value === 'file' && (
          <PathField
            label={strings.file}
            help=""
            value={String(path.value ?? '')}
            extensions={['.jinja', '.jinja2', '.j2', '.txt']}
            error={path.fault && <p className="field-error">{path.fault}</p>}
            onChange={next => {
              setEdit(null);
              path.set(next === '' ? null : next);
            }}
          />
        )}
        <details className="more">
          <summary>{wizardStrings.data.more}</summary>
          <div className="stack-3">
            <TemplateVariables />
            <SwitchField field="template.parseSpecialInContent" label={strings.parseSpecial} />
          </div>
        </details>
      </div>
    </Card>
  );
}

interface RenderedProps {
  readonly text: string;
  readonly spans: readonly {
    readonly start: number;
    readonly end: number;
    readonly role: string;
    readonly trained: boolean;
  }[];
  readonly isOld: boolean;
}

/** Longer texts are cut for the view; the inspector shows rows of any length. */
const SHOWN_CHARACTERS = 20_000;

function Rendered({ text, spans, isOld }: RenderedProps) {
  const parts: { key: number; text: string; trained: boolean }[] = [];
  let at = 0;
  for (const { start, end, trained } of spans) {
    if (!trained || start >= SHOWN_CHARACTERS) continue;
    if (start > at) parts.push({ key: at, text: text.slice(at, start), trained: false });
    parts.push({ key: start, text: text.slice(start, Math.min(end, SHOWN_CHARACTERS)), trained: true });
    at = end;
  }
  if (at < text.length) parts.push({ key: at, text: text.slice(at, SHOWN_CHARACTERS), trained: false });
  return (
    <>
      <pre className={`rendered${isOld ? ' is-old' : ''}`}>
        {parts.map(({ key, text: part, trained }) =>
          trained ? (
            <mark key={key} className="tok-trained">
              {part}
            </mark>
          ) : (
            <span key={key}>{part}</span>
          ),
        )}
      </pre>
      <p className="card-foot row">
        <mark className="tok-trained">{strings.legendTrained}</mark>
        <span>{strings.legendContext}</span>
        <span className="grow" />
        {strings.characters(formatCount(text.length))}
      </p>
    </>
  );
}

function Comparison({
  modelSource,
  source,
}: {
  readonly modelSource: string | null;
  readonly source: string;
}) {
  const lines = useMemo(
    () => (modelSource === null ? [] : diffLines(modelSource, source)),
    [modelSource, source],
  );
  if (modelSource === null) return <p className="card-body soft">{strings.noModelSource}</p>;
  if (modelSource === source) return <p className="card-body ok">{strings.same}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="diff" tabIndex={0} aria-label={strings.compare}>
      <pre>
        {lines.map(({ kind, text }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name but their place
          <span key={i} className={`diff-${kind}`}>
            {kind !== 'same' && <span className="sr-only">{strings[kind]} </span>}
            <span aria-hidden="true">{{ same: '  ', removed: '− ', added: '+ ' }[kind]}</span>
            {text}
            {'\n'}
          </span>
        ))}
      </pre>
    </section>
  );
}

function faultLine(error: CodedError | null): number | null {
  const details = error?.details;
  if (typeof details !== 'object' || details === null || !('line' in details)) return null;
  return typeof details.line === 'number' ? details.line : null;
}

function faultText(error: CodedError): string {
  const line = faultLine(error);
  return line === null ? error.cause : `${strings.faultAt(String(line))}: ${error.cause}`;
}
