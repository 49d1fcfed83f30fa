/** The models of this machine by size, for information: Luthier removes none of them. */
import { useQuery } from '../../backend-client/backend-context.tsx';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { diskStrings as strings } from '../../strings/disk.ts';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';

export function ModelsCard() {
  const models = useQuery('disk.models', {});
  const items = models.status === 'ready' ? models.value.items : [];
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  return (
    <Card
      title={strings.models}
      actions={
        items.length > 0 && (
          <span className="small quiet">
            {strings.modelsTotal(formatCount(items.length), formatBytes(bytes))}
          </span>
        )
      }
    >
      {models.status === 'loading' && (
        <p className="card-body row soft">
          <span className="spinner" aria-hidden="true" />
          {strings.lookingForModels}
        </p>
      )}
      {models.status === 'failed' && (
        <div className="card-body">
          <ErrorCallout error={models.error} />
        </div>
      )}
      {models.status === 'ready' && items.length === 0 && (
        <p className="card-body soft">{strings.noModels}</p>
      )}
      {items.length > 0 && (
        <table className="table" aria-label={strings.models}>
          <thead>
            <tr>
              <th>{strings.columns.what}</th>
              <th className="disk-why">{strings.columns.where}</th>
              <th className="num disk-size-column">{strings.columns.size}</th>
            </tr>
          </thead>
          <tbody>
            {items.map(item => (
              <tr key={item.id}>
                <td>{item.name}</td>
                <td className="disk-why soft wrap">{item.path}</td>
                <td className="num disk-size-column">{formatBytes(item.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="card-foot">{strings.modelsHelp}</p>
    </Card>
  );
}
