/** Rows that cannot be used, each by its line and reason, and what was noticed of the whole file. */
import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { DataInspection } from '../../../src-shared/domain/inspection.ts';
import { formatCount } from '../../format/numbers.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { Card } from '../../ui/card.tsx';
import { Prose } from '../../ui/prose.tsx';
import { fileOfRow } from './file-of-row.ts';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.data;
const SHOWN_PROBLEMS = 50;

export function ProblemsCard({ inspection }: { readonly inspection: DataInspection }) {
  const { setRow } = useWizard();
  const { files, problems, problemCount, warnings } = inspection;
  const shown = problems.slice(0, SHOWN_PROBLEMS);
  return (
    <Card title={strings.problems}>
      <div className="card-body stack-2">
        {problemCount === 0 && (
          <p className="ok word">
            <CircleCheck size={14} aria-hidden="true" />
            {strings.noProblems}
          </p>
        )}
        {shown.length > 0 && (
          <ul className="problem-list">
            {shown.map(({ row, line, message }) => (
              <li key={row}>
                <button type="button" onClick={() => setRow(row)}>
                  <span className="quiet small">
                    {strings.problemLine(
                      formatCount(row),
                      formatCount(line),
                      files.length > 1 ? fileOfRow(files, row) : null,
                    )}
                  </span>
                  <span className="wrap">
                    <Prose>{message}</Prose>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {problemCount > shown.length && (
          <p className="small quiet">{strings.moreProblems(formatCount(problemCount - shown.length))}</p>
        )}
        {warnings.length > 0 && (
          <>
            <h3>{strings.warnings}</h3>
            <ul className="stack-2">
              {warnings.map(({ code, message }) => (
                <li key={code} className="row notice">
                  <TriangleAlert className="warn" size={14} strokeWidth={1.75} aria-hidden="true" />
                  <span className="small soft wrap">
                    <Prose>{message}</Prose>
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Card>
  );
}
