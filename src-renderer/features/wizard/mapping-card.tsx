/** How the file is read: its layout, which column holds what, and who speaks; each choice takes effect at once. */
import { TriangleAlert } from 'lucide-react';
import { useId } from 'react';
import { ROLES } from '../../../src-shared/domain/conversation.ts';
import type { DataInspection } from '../../../src-shared/domain/inspection.ts';
import { formatCount } from '../../format/numbers.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { Card } from '../../ui/card.tsx';
import { ChoiceField, NumberField, TextField, useField } from './recipe-fields.tsx';

const strings = wizardStrings.data;
/** The parts that `dataset.columns` can name, by the layout that reads them. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  messages: ['messages', 'system'],
  sharegpt: ['messages', 'system'],
  alpaca: ['prompt', 'completion', 'system'],
  'prompt-completion': ['prompt', 'completion'],
  text: ['text'],
  tokenized: ['inputIds', 'labels'],
};
const SHOWN_ROLES = 30;

/** What is offered where nothing is known of the columns. */
const USUAL_PARTS = ['prompt', 'completion'] as const;

interface MappingCardProps {
  readonly columns: readonly string[];
  readonly roles: DataInspection['roles'];
  /** Null where the file could not be read with the columns as they are. */
  readonly mapping: DataInspection['mapping'] | null;
}

export function MappingCard({ columns, roles, mapping }: MappingCardProps) {
  const { value: format } = useField('dataset.format');
  const parts = PARTS[mapping?.format.name ?? String(format)] ?? USUAL_PARTS;
  const names = Object.keys(roles).slice(0, SHOWN_ROLES);
  return (
    <Card title={strings.mapping}>
      <div className="card-body stack-3">
        <ChoiceField
          field="dataset.format"
          label={strings.format}
          options={Object.entries(strings.formats).map(([value, label]) => ({ value, label }))}
          {...(mapping && {
            effect: `${strings.formats[mapping.format.name] ?? mapping.format.name}: ${mapping.format.reason}.`,
          })}
        />
        {(columns.length === 0 ? [] : parts).map(part => (
          <ColumnChoice
            key={part}
            part={part}
            columns={columns}
            found={mapping?.columns[part]?.column ?? null}
          />
        ))}
        {names.length > 0 && (
          <fieldset className="stack-2">
            <legend>
              <h3>{strings.roles}</h3>
              <p className="meaning">{strings.rolesHelp}</p>
            </legend>
            {names.map(name => (
              <RoleChoice
                key={name}
                name={name}
                messages={roles[name] ?? 0}
                known={mapping?.roles[name]?.role ?? null}
              />
            ))}
          </fieldset>
        )}
        <details className="more">
          <summary>{strings.more}</summary>
          <div className="stack-3">
            <TextField field="dataset.systemPrompt" label={strings.systemPrompt} mayBeNone isLong />
            <ChoiceField
              field="dataset.systemRole"
              label={strings.systemRole}
              options={Object.entries(strings.systemRoles).map(([value, label]) => ({ value, label }))}
            />
            <ChoiceField
              field="dataset.onInvalidRow"
              label={strings.onInvalidRow}
              options={Object.entries(strings.invalidRow).map(([value, label]) => ({ value, label }))}
            />
            <ChoiceField
              field="dataset.duplicates"
              label={strings.duplicates}
              options={Object.entries(strings.duplicate).map(([value, label]) => ({ value, label }))}
            />
            <NumberField field="dataset.limit" label={strings.limit} mayBeNone />
          </div>
        </details>
      </div>
    </Card>
  );
}

interface ColumnChoiceProps {
  readonly part: string;
  readonly columns: readonly string[];
  readonly found: string | null;
}

function ColumnChoice({ part, columns, found }: ColumnChoiceProps) {
  const id = useId();
  const { value, set } = useField('dataset.columns');
  const given = (value ?? {}) as Record<string, string>;
  const own = given[part];
  return (
    <div className="form-row">
      <label htmlFor={id}>{strings.columnOf(part)}</label>
      <span className="field form-control">
        <select
          id={id}
          value={own ?? ''}
          onChange={event => {
            const { [part]: _, ...others } = given;
            set(event.target.value === '' ? others : { ...others, [part]: event.target.value });
          }}
        >
          <option value="">
            {found === null || own ? wizardStrings.fields.none : strings.byItself(found)}
          </option>
          {columns.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}

interface RoleChoiceProps {
  readonly name: string;
  readonly messages: number;
  readonly known: string | null;
}

function RoleChoice({ name, messages, known }: RoleChoiceProps) {
  const id = useId();
  const { value, set } = useField('dataset.roles');
  const given = (value ?? {}) as Record<string, string>;
  const own = Object.hasOwn(given, name) ? given[name] : undefined;
  return (
    <div className="form-row">
      <label htmlFor={id} aria-label={strings.roleOf(name)}>
        <code>{name}</code>
        <span className="quiet small role-messages">{strings.roleMessages(formatCount(messages))}</span>
      </label>
      <span className="field form-control">
        <select
          id={id}
          value={own ?? ''}
          aria-describedby={known === null ? `${id}-missing` : undefined}
          onChange={event => {
            const { [name]: _, ...others } = given;
            set(event.target.value === '' ? others : { ...others, [name]: event.target.value });
          }}
        >
          <option value="">{known === null || own ? strings.notMappedOption : strings.known(known)}</option>
          {ROLES.map(role => (
            <option key={role} value={role}>
              {role}
            </option>
          ))}
        </select>
      </span>
      {known === null && (
        <p id={`${id}-missing`} className="field-error form-help">
          <TriangleAlert size={12} aria-hidden="true" />
          {strings.notMapped}
        </p>
      )}
    </div>
  );
}
