/** How far an export is, and what became of it. */
import { Copy, FolderOpen } from 'lucide-react';
import { useState } from 'react';
import type { ExportVerification } from '../../../src-shared/domain/export.ts';
import { desktop } from '../../backend-client/desktop.ts';
import { formatBytes, formatCount, formatShare } from '../../format/numbers.ts';
import { exportStrings as strings } from '../../strings/export.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { copyText } from '../../ui/copy-text.ts';
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
  const announce = useAnnounce();
  const [notice, setNotice] = useState('');
  const copy = async () => {
    const text = (await copyText(target)) ? strings.copied : strings.notCopied;
    setNotice(text);
    announce(text);
  };
  return (
    <Callout tone="ok" title={strings.done}>
      <ul className="export-files">
        {report.files.map(({ path, bytes }) => (
          <li key={path} className="row">
            <code className="grow wrap">{path}</code>
            <span className="num">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
      <p>{verificationText(report.verification)}</p>
      <div className="row row-wrap">
        {desktop && (
          <Button icon={FolderOpen} onClick={() => void desktop?.showInFolder(target)}>
            {strings.show}
          </Button>
        )}
        <Button icon={Copy} onClick={() => void copy()}>
          {strings.copy}
        </Button>
        {notice !== '' && <span className="small soft">{notice}</span>}
      </div>
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
