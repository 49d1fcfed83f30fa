/** A run's result as files for other programs: what, where, how large, and afterwards how well it was verified. */
import { Download, X } from 'lucide-react';
import { useId, useState } from 'react';
import type { ExportChoice } from '../../../src-shared/contract/export-procedures.ts';
import { EXPORT_FORMATS, MERGED_TYPES } from '../../../src-shared/domain/export.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { useAnswer } from '../../backend-client/use-answer.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { PathField } from '../../files/path-field.tsx';
import { exportStrings as strings } from '../../strings/export.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import './export.css';
import { ExportPlace } from './export-place.tsx';
import { ExportResult } from './export-result.tsx';
import { cancelExport, startExport, useExportOf } from './export-store.ts';

interface ExportCardProps {
  readonly id: string;
  readonly hasAdapter: boolean;
  readonly hasBest: boolean;
}

/** Without an adapter, only what the run trains on can be taken elsewhere. */
export function ExportCard({ id, hasAdapter, hasBest }: ExportCardProps) {
  const client = useBackend();
  const announce = useAnnounce();
  const fieldId = useId();
  const state = useExportOf(id);
  const [choice, setChoice] = useState<ExportChoice>({
    id,
    format: hasAdapter ? 'gguf-adapter' : 'trl',
    model: 'tuned',
    weightType: 'keep',
    folder: null,
    name: null,
  });
  const [replaces, setReplaces] = useState(false);
  const isRunning = state.status === 'running';
  // Asked again after an export: its target is taken then.
  const plan = useAnswer('export.plan', isRunning ? null : choice, 250);
  const change = (changes: Partial<ExportChoice>) => {
    setReplaces(false);
    setChoice({ ...choice, ...changes });
  };
  const place = plan.error || plan.isPending ? null : plan.value;
  const canStart =
    !isRunning && place !== null && place.isFolderThere && place.hasSpace && (!place.isTaken || replaces);
  const start = useCommand({
    id: 'run.export',
    title: strings.start,
    enabled: canStart,
    run: async () => {
      if (place === null) return;
      announce(strings.running);
      const { folder, name, target } = place;
      setChoice({ ...choice, folder, name });
      const ended = await startExport(client, { ...choice, folder, name, replace: replaces }, target);
      setReplaces(false);
      if (ended.status === 'done') announce(strings.done);
      if (ended.status === 'failed') announce(ended.error.title);
      if (ended.status === 'cancelled') announce(strings.cancelled);
    },
  });
  const formats = EXPORT_FORMATS.filter(format => hasAdapter || format === 'trl');
  const isMerged = choice.format === 'gguf' || choice.format === 'ollama';
  return (
    <Card title={strings.title} className="export-card">
      <div className="card-body">
        <div className="export-choices">
          <div className="field">
            <label htmlFor={`${fieldId}-format`}>{strings.format}</label>
            <select
              id={`${fieldId}-format`}
              value={choice.format}
              aria-describedby={`${fieldId}-format-help`}
              onChange={event =>
                change({
                  format: EXPORT_FORMATS.find(one => one === event.target.value) ?? 'gguf',
                  name: null,
                })
              }
            >
              {formats.map(format => (
                <option key={format} value={format}>
                  {strings.formats[format].name}
                </option>
              ))}
            </select>
          </div>
          {isMerged && (
            <div className="field">
              <label htmlFor={`${fieldId}-type`}>{strings.weightType}</label>
              <select
                id={`${fieldId}-type`}
                value={choice.weightType}
                aria-describedby={`${fieldId}-type-help`}
                onChange={event =>
                  change({ weightType: MERGED_TYPES.find(type => type === event.target.value) ?? 'keep' })
                }
              >
                {MERGED_TYPES.map(type => (
                  <option key={type} value={type}>
                    {type === 'keep' ? strings.keep : type}
                  </option>
                ))}
              </select>
            </div>
          )}
          {hasBest && choice.format !== 'trl' && (
            <Segmented
              label={strings.which}
              value={choice.model}
              options={[
                { value: 'tuned', label: strings.models.tuned },
                { value: 'best', label: strings.models.best },
              ]}
              onChange={model => change({ model })}
            />
          )}
        </div>
        <p id={`${fieldId}-format-help`} className="small soft">
          {strings.formats[choice.format].help}
        </p>
        {isMerged && (
          <p id={`${fieldId}-type-help`} className="small soft">
            {strings.weightHelp}
          </p>
        )}
        <PathField
          label={strings.folder}
          help={strings.folderHelp}
          value={choice.folder ?? plan.value?.folder ?? ''}
          extensions={[]}
          isFolder
          onChange={folder => change({ folder: folder === '' ? null : folder })}
        />
        <div className="field">
          <label htmlFor={`${fieldId}-name`}>{strings.name}</label>
          <input
            id={`${fieldId}-name`}
            className="mono"
            value={choice.name ?? plan.value?.name ?? ''}
            spellCheck={false}
            autoComplete="off"
            maxLength={255}
            onChange={event => change({ name: event.target.value === '' ? null : event.target.value })}
          />
        </div>
        {plan.error && <ErrorCallout error={plan.error} />}
        {!plan.error && !isRunning && (
          <ExportPlace plan={place} replaces={replaces} onReplace={setReplaces} />
        )}
        <div className="row row-wrap">
          <CommandButton command={start} variant="primary" icon={Download} />
          {isRunning && (
            <Button icon={X} onClick={() => cancelExport(id)}>
              {strings.cancel}
            </Button>
          )}
        </div>
        <ExportResult state={state} />
      </div>
    </Card>
  );
}
