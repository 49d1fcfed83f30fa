/** The micro-batch that the row is trained in: its examples beside and behind one another, each the way to its row. */
import type { BatchView } from '../../../src-shared/contract/draft-procedures.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { useAnswer } from '../../backend-client/use-answer.ts';
import { formatCount, formatShare } from '../../format/numbers.ts';
import { inspectorStrings } from '../../strings/inspector.ts';
import { ErrorCallout } from '../../ui/callout.tsx';

const strings = inspectorStrings.batch;

interface BatchOfRowProps {
  readonly recipe: Recipe;
  readonly preparedId: string;
  readonly row: number;
  onRow(row: number): void;
}

export function BatchOfRow({ recipe, preparedId, row, onRow }: BatchOfRowProps) {
  const { value, error } = useAnswer('batches.ofRow', { recipe, preparedId, row });
  if (error) {
    return (
      <div className="inspector-error">
        <ErrorCallout error={error} />
      </div>
    );
  }
  if (!value) return <p className="row-batch soft">{strings.looking}</p>;
  return (
    <section className="row-batch" aria-label={strings.title}>
      {value.batch === null ? (
        <p className="soft">{strings.none}</p>
      ) : (
        <Picture batch={value.batch} row={row} onRow={onRow} />
      )}
    </section>
  );
}

function Picture({
  batch,
  row,
  onRow,
}: { readonly batch: BatchView } & Pick<BatchOfRowProps, 'row' | 'onRow'>) {
  const { step, length, rows, dataRows } = batch;
  const tokens = rows.flat().reduce((sum, example) => sum + example.tokens, 0);
  const padding = rows.length * length - tokens;
  let place = 0;
  const named = rows.map(examples => examples.map(example => ({ ...example, row: dataRows[place++] ?? -1 })));
  return (
    <>
      <h2>
        {strings.label(
          formatCount(step),
          formatCount(rows.length),
          formatCount(length),
          formatShare(Math.round((padding / (tokens + padding)) * 1000) / 1000),
        )}
      </h2>
      <p className="small soft">{strings.help}</p>
      {named.map((examples, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of a batch have no name but their place
        <div key={i} className="row-batch-line">
          {examples.map((example, k) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: a row may stand in a batch more than once
              key={k}
              type="button"
              className="row-batch-example"
              style={{ width: `${(example.tokens / length) * 100}%` }}
              aria-pressed={example.row === row}
              aria-label={strings.example(
                formatCount(example.row),
                formatCount(example.tokens),
                formatCount(example.trained),
              )}
              onClick={() => onRow(example.row)}
            >
              <span className="clip num">{formatCount(example.row)}</span>
              <span className="row-batch-share" aria-hidden="true">
                <span
                  className="fill-masked"
                  style={{ width: `${(1 - example.trained / example.tokens) * 100}%` }}
                />
                <span
                  className="fill-trained"
                  style={{ width: `${(example.trained / example.tokens) * 100}%` }}
                />
              </span>
            </button>
          ))}
        </div>
      ))}
    </>
  );
}
