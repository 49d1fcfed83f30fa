/** Ollama's Modelfile: which weights, how messages become text, where an answer ends. */
import type { Turns, Wrap } from './learn-turns.ts';

export interface ModelfileContent {
  readonly modelFile: string;
  /** Null where the template cannot be put in Ollama's language. */
  readonly turns: Turns | null;
  readonly stopTexts: readonly string[];
  readonly systemPrompt: string | null;
}

/**
 * `templateReason` is null where TEMPLATE stands in it. Format: Ollama's docs/modelfile.md and docs/template.md, whose
 * language is that of Go's text/template.
 */
export function encodeModelfile(content: ModelfileContent): { text: string; templateReason: string | null } {
  const template = content.turns === null ? null : goTemplate(content.turns);
  const templateReason = content.turns === null ? NO_RULE : template === null ? UNWRITABLE : null;
  const lines = [
    `FROM ./${content.modelFile}`,
    ...(template === null
      ? [`# No TEMPLATE: ${templateReason}`, `# ${WITHOUT}`]
      : [
          `# Of system, user and assistant messages; tools are not part of it.`,
          `TEMPLATE """${template}"""`,
        ]),
    ...(content.systemPrompt === null || content.systemPrompt.includes('"""')
      ? []
      : [`SYSTEM """${content.systemPrompt}"""`]),
    ...content.stopTexts.filter(isQuotable).map(text => `PARAMETER stop "${text}"`),
  ];
  return { text: `${lines.join('\n')}\n`, templateReason };
}

const NO_RULE = "the model's chat template does more than put fixed texts around messages.";
const UNWRITABLE = 'the chat template prints {{, }} or """, which mean something else here.';
const WITHOUT =
  "Ollama then compares the model's own chat template with those it knows, and sends the bare prompt where none is like it.";

function goTemplate({
  withoutSystem,
  system,
  user,
  userAfterSystem,
  assistant,
  header,
}: Turns): string | null {
  const texts = [
    withoutSystem,
    header,
    userAfterSystem ?? '',
    ...[system, user, assistant].flatMap(({ before, after }) => [before, after]),
  ];
  if (texts.some(text => /\{\{|\}\}|"""/.test(text))) return null;
  const turn = ({ before, after }: Wrap) => `${before}{{ .Content }}${after}`;
  // Ollama puts the one system message first, so that the user message behind it is the second.
  const userTurn =
    userAfterSystem === undefined
      ? turn(user)
      : turn({
          ...user,
          before: `{{ if and $.System (eq $i 1) }}${userAfterSystem}{{ else }}${user.before}{{ end }}`,
        });
  const start = withoutSystem === '' ? '' : `{{ if not .System }}${withoutSystem}{{ end }}`;
  return [
    start,
    userAfterSystem === undefined ? '{{ range .Messages }}' : '{{ range $i, $message := .Messages }}',
    `{{ if eq .Role "system" }}${turn(system)}`,
    `{{ else if eq .Role "user" }}${userTurn}`,
    `{{ else if eq .Role "assistant" }}${turn(assistant)}`,
    `{{ end }}{{ end }}${header}`,
  ].join('');
}

/** A parameter is one line in quotes. */
function isQuotable(text: string): boolean {
  return !/["\n\r\\]/.test(text);
}
