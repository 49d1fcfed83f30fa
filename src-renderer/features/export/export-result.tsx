/** How far an export is, and what became of it. */
import type { ExportVerification } from '../../../src-shared/domain/export.ts';
import { PlaceButtons } from '../../files/place-buttons.tsx';
import { formatBytes, formatCount, formatShare } from '../../format/numbers.ts';
import { exportStrings as strings } from '../../strings/export.ts';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import type { ExportState } from './export-store.ts';

export function ExportResult({ state }: { readonly state: ExportState }) {
  switch (state.status) {
    case 'running': {
      const { progress } = state;
      const total = progress?.total ?? null;
      return (
        <div>
          <p className="row">
            <span className="spinner" aria-hidden="true" />
            {progress === null
              ? strings.running
              : strings.phase(
                  progress.phase,
                  formatCount(progress.done),
                  total === null ? null : formatCount(total),
                )}
          </p>
          <p className="small soft">{strings.stays}</p>
        </div>
      );
    }
    case 'done':
      return <Done report={state.report} target={state.target} />;
    case 'failed':
      return <ErrorCallout error={state.error} />;
    case 'cancelled':
      return <p className="soft">{strings.cancelled}</p>;
    default:
      return null;
  }
}

function Done({ report, target }: Pick<Extract<ExportState, { status: 'done' }>, 'report' | 'target'>) {
  return (
    <Callout tone="ok" title={strings.done}>
      <ul className="plain-list">
        {report.files.map(({ path, bytes }) => (
          <li key={path} className="row">
            <code className="grow wrap">{path}</code>
            <span className="num">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
      <p>{verificationText(report.verification)}</p>
      <PlaceButtons path={target} />
    </Callout>
  );
}

function verificationText(verification: ExportVerification): string {
  if (verification.kind === 'labels') {
    return strings.labels(formatCount(verification.examples), formatCount(verification.tokens));
  }
  const { tokens, sameChoice, largestDifference } = verification;
  const share = formatShare(Math.floor(sameChoice * 1000) / 1000);
  return strings.predictions(formatCount(tokens), share, `${largestDifference.toPrecision(2)} nats`);
}
