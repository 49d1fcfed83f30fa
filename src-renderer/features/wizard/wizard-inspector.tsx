/** The token inspector on the row that the wizard looks at, with the fixes for a row that is cut. */
import { Fragment } from 'react';
import { Callout } from '../../ui/callout.tsx';
import { Prose } from '../../ui/prose.tsx';
import { FaultsCallout } from './faults-callout.tsx';
import { fileOfRow } from './file-of-row.ts';
import { FixButtons } from './fix-buttons.tsx';
import type { RenderInspector } from './inspector-slot.ts';
import { useWizard } from './use-wizard.tsx';

/** Checks that speak of single rows the page can go to. */
const ROW_CHECKS = /^(data|labels|tokens)\./;

export function WizardInspector({ renderInspector }: { readonly renderInspector: RenderInspector }) {
  const { draft, inspection, preparation, row, setRow, wanted, readings, onFindingShown } = useWizard();
  const report = preparation.prepared?.report ?? null;
  const fired = report?.checks.filter(check => check.severity !== 'ok' && check.rows.length > 0) ?? [];
  const ofRow = fired.filter(check => check.rows.includes(row));
  if (draft.faults.length > 0) {
    return (
      <div className="page">
        <FaultsCallout />
      </div>
    );
  }
  return (
    <Fragment key={readings}>
      {renderInspector({
        recipe: draft.whole,
        preparedId: preparation.prepared?.preparedId ?? null,
        totalRows: inspection.value?.rows ?? null,
        fileName: fileOfRow(inspection.value?.files ?? [], row),
        row,
        findings: fired.map(({ id }) => id).filter(id => ROW_CHECKS.test(id) && !NOT_FINDINGS.has(id)),
        wanted,
        onRow: setRow,
        onShown: onFindingShown,
        children: ofRow.map(check => (
          <div key={check.id} className="pane-part">
            <Callout tone={check.severity === 'error' ? 'error' : 'warn'} title={check.title}>
              <p className="small wrap">
                <Prose>{check.cause}</Prose>
              </p>
              <FixButtons check={check} />
            </Callout>
          </div>
        )),
      })}
    </Fragment>
  );
}

/** These are told by an example's end, not by a finding in it: "is dropped" looks for them. */
const NOT_FINDINGS = new Set(['labels.none', 'labels.rowEmpty', 'data.invalid', 'data.duplicates']);
