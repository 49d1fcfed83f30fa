/** How both models choose their tokens, and the system prompt before everything. */
import { useId, useState } from 'react';
import { type ChatSampling, chatSamplingSchema, GREEDY_CHAT } from '../../../src-shared/domain/chat.ts';
import { chatStrings as strings } from '../../strings/chat.ts';
import { Segmented } from '../../ui/segmented.tsx';

interface ChatSettingsProps {
  readonly sampling: ChatSampling;
  readonly systemPrompt: string;
  /** A conversation keeps the system prompt that it began with. */
  readonly isUnderWay: boolean;
  onSampling(sampling: ChatSampling): void;
  onSystemPrompt(text: string): void;
}

/** What is sampled with where nothing else was chosen yet. */
const USUAL_TEMPERATURE = 0.8;

export function ChatSettings({
  sampling,
  systemPrompt,
  isUnderWay,
  onSampling,
  onSystemPrompt,
}: ChatSettingsProps) {
  const id = useId();
  const isGreedy = sampling.temperature === 0;
  const field = { sampling, onSampling };
  return (
    <section className="chat-part" aria-label={strings.sampling}>
      <h2>{strings.sampling}</h2>
      <Segmented
        label={strings.sampling}
        value={isGreedy ? 'greedy' : 'sampled'}
        options={[
          { value: 'greedy', label: strings.greedy },
          { value: 'sampled', label: strings.sampled },
        ]}
        onChange={value =>
          onSampling({
            ...sampling,
            temperature: value === 'greedy' ? GREEDY_CHAT.temperature : USUAL_TEMPERATURE,
          })
        }
      />
      <div className="sampling-fields">
        {!isGreedy && (
          <>
            <NumberField {...field} name="temperature" step={0.1} range={['0.1', '5']} />
            <NumberField {...field} name="topP" step={0.05} range={['0.01', '1']} />
            <NumberField {...field} name="topK" step={1} range={['0', '1,000,000']} />
            <NumberField {...field} name="seed" step={1} range={['0', '4,294,967,295']} />
          </>
        )}
        <NumberField {...field} name="maxTokens" step={1} range={['1', '32,768']} />
      </div>
      <div className="field">
        <label htmlFor={`${id}-system`}>{strings.systemPrompt}</label>
        <textarea
          id={`${id}-system`}
          rows={3}
          maxLength={200_000}
          placeholder={strings.systemPromptNone}
          value={systemPrompt}
          onChange={event => onSystemPrompt(event.target.value)}
          aria-describedby={isUnderWay ? `${id}-system-help` : undefined}
        />
        {isUnderWay && (
          <span id={`${id}-system-help`} className="small quiet">
            {strings.systemLocked}
          </span>
        )}
      </div>
    </section>
  );
}

interface NumberFieldProps {
  readonly name: keyof ChatSampling;
  readonly step: number;
  readonly range: readonly [string, string];
  readonly sampling: ChatSampling;
  onSampling(sampling: ChatSampling): void;
}

/** What cannot be stays in the field, marked, and changes nothing. */
function NumberField({ name, step, range, sampling, onSampling }: NumberFieldProps) {
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const isWrong = text !== null;
  return (
    <div className="field">
      <label htmlFor={id}>{strings[name]}</label>
      <input
        id={id}
        type="number"
        step={step}
        value={text ?? sampling[name]}
        aria-invalid={isWrong}
        aria-describedby={`${id}-help`}
        onChange={event => {
          const typed = event.target.value;
          const parsed = chatSamplingSchema.safeParse({ ...sampling, [name]: Number(typed) });
          const isGood =
            typed.trim() !== '' && parsed.success && !(name === 'temperature' && Number(typed) === 0);
          setText(isGood ? null : typed);
          if (isGood) onSampling(parsed.data);
        }}
      />
      <span id={`${id}-help`} className={isWrong ? 'field-error' : 'small quiet'}>
        {isWrong ? strings.outOfRange(...range) : strings.fieldHelp[name]}
      </span>
    </div>
  );
}
