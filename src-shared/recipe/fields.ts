/** What each recipe key means, in plain words: shown beside the field, and as `allowed` in a fault. */

export interface FieldExplanation {
  /** What values are allowed, as a short phrase. */
  readonly allowed: string;
  /** One sentence for someone who is no ML engineer. */
  readonly meaning: string;
  readonly unit?: string;
  readonly usual?: string;
  /** What happens if the value is raised. */
  readonly raising?: string;
}

export const RECIPE_FIELDS: Readonly<Record<string, FieldExplanation>> = {
  version: { allowed: '1', meaning: 'The version of the recipe format.' },
  name: { allowed: 'text of 1 to 200 characters', meaning: 'How the run is called in the history.' },
  'model.path': {
    allowed: 'the path of a GGUF file',
    meaning: 'The base model that is tuned. Its file is only read.',
  },
  'model.sha256': {
    allowed: '64 hexadecimal digits, or null',
    meaning: 'The hash of the model file that the recipe was made with; another file is a warning.',
  },
  'dataset.path': {
    allowed: 'a path, or a list of paths',
    meaning: 'The file or files with the examples to learn from.',
  },
  'dataset.format': {
    allowed: 'auto, messages, sharegpt, alpaca, prompt-completion, text or tokenized',
    meaning: 'How a row of the file is laid out; auto looks at the rows.',
  },
  'dataset.columns': {
    allowed: 'a map from messages, prompt, completion, text, system, inputIds or labels to a column name',
    meaning: 'Which column of the file holds which part of an example.',
  },
  'dataset.roles': {
    allowed: 'a map from a role name in the file to system, developer, user, assistant or tool',
    meaning: 'What the speaker names of the file stand for; the common ones are known.',
  },
  'dataset.systemPrompt': {
    allowed: 'text, or null',
    meaning: 'A system message for conversations that have none.',
  },
  'dataset.limit': {
    allowed: 'a whole number from 1, or null',
    meaning: 'Use only the first rows of the file.',
    unit: 'rows',
  },
  'dataset.onInvalidRow': {
    allowed: 'drop or stop',
    meaning: 'What happens to a row that cannot be read: it is counted and left out, or the import stops.',
  },
  'dataset.duplicates': {
    allowed: 'keep or drop',
    meaning:
      'Whether a row that repeats an earlier one, save for white space, is trained on again or left out.',
  },
  'dataset.systemRole': {
    allowed: 'keep or merge',
    meaning: 'Merge puts the system message into the next user message, for templates without that role.',
  },
  'dataset.validation': {
    allowed: '{fraction: a number between 0 and 1}, {path: a file} or none',
    meaning: 'Examples that are held back to see how well the model does on what it has not been trained on.',
    usual: '0.02 to 0.1',
    raising: 'A steadier evaluation, and fewer examples to learn from.',
  },
  'template.source': {
    allowed: 'model, preset or file',
    meaning: 'Where the chat template comes from, which turns messages into the text that the model sees.',
  },
  'template.preset': { allowed: 'the name of a preset, or null', meaning: 'One of the bundled templates.' },
  'template.path': { allowed: 'the path of a Jinja file, or null', meaning: 'A template of your own.' },
  'template.variables': {
    allowed: 'a map from a variable name to a value',
    meaning: 'Values that the template asks for, such as enable_thinking.',
  },
  'template.parseSpecialInContent': {
    allowed: 'true or false',
    meaning: 'Whether content that spells a special token becomes that token (as Hugging Face does).',
  },
  'template.eosToken': {
    allowed: 'a token text, a token id, or null',
    meaning: 'Overrides the end token that the model file names.',
  },
  'template.date': {
    allowed: 'a date such as 2026-01-31, or null',
    meaning: 'The date for templates that print one; null takes the day of the start and records it.',
  },
  'masking.strategy': {
    allowed: 'full, assistant, last-assistant, completion or markers',
    meaning: 'Which tokens the model is trained to produce. assistant: every answer, and nothing else.',
  },
  'masking.trainOnEndOfTurn': {
    allowed: 'true or false',
    meaning: 'Whether the token that ends an answer is trained. Without it the model never learns to stop.',
  },
  'masking.markers': {
    allowed: '{instruction: text, response: text}',
    meaning: 'The texts in front of instructions and responses, for the markers strategy.',
  },
  'masking.markers.instruction': {
    allowed: 'text, or null',
    meaning: 'The text in front of an instruction.',
  },
  'masking.markers.response': { allowed: 'text, or null', meaning: 'The text in front of a response.' },
  'collator.strategy': {
    allowed: 'pad or pack',
    meaning: 'pad: one example a row, filled up to the longest. pack: several examples share a row.',
  },
  'collator.maxLength': {
    allowed: 'a whole number from 2',
    meaning: 'The longest example in tokens; what is longer is truncated.',
    unit: 'tokens',
    usual: '512 to 4,096',
    raising: 'Longer answers are learnt whole; memory and time grow.',
  },
  'collator.truncation': {
    allowed: 'right, left, drop or prompt-first',
    meaning:
      'Where a too long example is cut. prompt-first: in front of the first answer, then at the end; drop: left out.',
  },
  'collator.groupByLength': {
    allowed: 'true or false',
    meaning: 'Puts examples of like length into one batch, so that less is padded.',
  },
  'adapter.rank': {
    allowed: 'a whole number from 1 to 1024',
    meaning: 'How much the adapter can learn: the width of its two small matrices.',
    usual: '8 to 64',
    raising: 'More capacity; a larger adapter, more memory, more risk of learning by heart.',
  },
  'adapter.alpha': {
    allowed: 'a number above 0',
    meaning: 'How strongly the adapter acts: it is scaled by alpha / rank.',
    usual: 'once or twice the rank',
    raising: 'Acts like a higher learning rate.',
  },
  'adapter.dropout': {
    allowed: 'a number from 0 to below 1',
    meaning: 'The share of adapter inputs that is switched off at random in each step.',
    usual: '0 to 0.1',
    raising: 'Less learning by heart, slower learning.',
  },
  'adapter.rsLora': {
    allowed: 'true or false',
    meaning: 'Scales by alpha / √rank instead, which suits high ranks.',
  },
  'adapter.targetModules': {
    allowed: 'a list of attn_q, attn_k, attn_v, attn_output, ffn_gate, ffn_up and ffn_down',
    meaning:
      'Which weight matrices get an adapter. Where a model fuses query, key and value, the three names together mean its attn_qkv; ffn_gate beside ffn_up is left out where a model has no gate of its own.',
    usual: 'all seven',
    raising: 'More matrices: more capacity, memory and time.',
  },
  'adapter.layers': {
    allowed: 'all, or {last: a whole number from 1}',
    meaning: 'Which layers get an adapter.',
    raising: 'More layers: more capacity, memory and time.',
  },
  'adapter.init': {
    allowed: 'the path of a GGUF adapter or of a PEFT folder, or null',
    meaning:
      "An adapter to go on from instead of a fresh one; its rank, alpha and targets must be the recipe's.",
  },
  'training.epochs': {
    allowed: 'a number above 0',
    meaning: 'How many times each example is seen.',
    unit: 'epochs',
    usual: '1 to 5',
    raising: 'Learns more from few examples; too many and it learns them by heart.',
  },
  'training.maxSteps': {
    allowed: 'a whole number from 1, or null',
    meaning: 'Ends the run after so many steps, whatever epochs says.',
    unit: 'steps',
  },
  'training.batchSize': {
    allowed: 'a whole number from 1',
    meaning: 'Examples, or packed rows, that are computed at once.',
    unit: 'examples',
    usual: '1 to 8',
    raising: 'Faster on a GPU; more memory.',
  },
  'training.gradientAccumulationSteps': {
    allowed: 'a whole number from 1',
    meaning: 'Micro-batches that are added up before each update.',
    usual: '1 to 16',
    raising: 'Steadier, fewer updates; no more memory.',
  },
  'training.learningRate': {
    allowed: 'a number above 0',
    meaning: 'How far each update moves the adapter.',
    usual: '5e-5 to 5e-4',
    raising: 'Learns faster, until the loss jumps about or explodes.',
  },
  'training.scheduler': {
    allowed: 'constant, linear or cosine',
    meaning: 'How the learning rate falls over the run.',
  },
  'training.warmupSteps': {
    allowed: 'a whole number from 0',
    meaning: 'Steps over which the learning rate rises from 0.',
    unit: 'steps',
    usual: '3 to 10 % of the run',
    raising: 'A gentler start.',
  },
  'training.optimizer': { allowed: 'adamw or sgd', meaning: 'The rule that turns gradients into updates.' },
  'training.betas': {
    allowed: 'two numbers from 0 to below 1',
    meaning: 'How long AdamW remembers gradients and their squares.',
    usual: '[0.9, 0.999]',
  },
  'training.epsilon': {
    allowed: 'a number above 0',
    meaning: 'Keeps AdamW from dividing by zero.',
    usual: '1e-8',
  },
  'training.weightDecay': {
    allowed: 'a number from 0',
    meaning: 'Pulls the adapter towards zero in each step.',
    usual: '0 to 0.1',
    raising: 'Less learning by heart.',
  },
  'training.maxGradNorm': {
    allowed: 'a number from 0; 0 switches clipping off',
    meaning: 'Gradients longer than this are shortened, so that one odd batch does no harm.',
    usual: '1',
    raising: 'Larger single updates.',
  },
  'training.neftuneAlpha': {
    allowed: 'a number from 0',
    meaning: 'Noise on the embeddings while training, which can make answers better.',
    usual: '0, or 5',
  },
  'training.gradientCheckpointing': {
    allowed: 'auto, on or off',
    meaning: 'Computes parts of the model twice to need far less memory.',
  },
  'training.seed': {
    allowed: 'a whole number from 0 to 4294967295',
    meaning: 'The same seed gives the same run.',
  },
  'training.shuffle': {
    allowed: 'true or false',
    meaning: 'Whether each epoch sees the examples in a new order.',
  },
  'training.evaluateEverySteps': {
    allowed: 'a whole number from 0; 0: only at the end of an epoch',
    meaning: 'How often the validation loss is measured.',
    unit: 'steps',
  },
  'training.checkpointEverySteps': {
    allowed: 'a whole number from 0; 0: only at the end',
    meaning: 'How often the run is saved, to go on from there.',
    unit: 'steps',
  },
  'training.keepCheckpoints': {
    allowed: 'a whole number from 1',
    meaning: 'How many checkpoints are kept; the best always is.',
  },
  'training.earlyStoppingPatience': {
    allowed: 'a whole number from 0; 0 switches it off',
    meaning: 'Stops when so many evaluations in a row brought nothing better.',
  },
  'training.sampleEverySteps': {
    allowed: 'a whole number from 0; 0 switches it off',
    meaning: 'How often the model answers the sample prompts while it trains.',
    unit: 'steps',
  },
  'training.samplePrompts': { allowed: 'a list of texts', meaning: 'Prompts to answer while training.' },
  'preflight.allow': {
    allowed: 'a list of check ids, without labels.none',
    meaning: 'Blocking checks that were overridden knowingly.',
  },
  'device.backend': {
    allowed: 'auto, cpu, vulkan, cuda or metal',
    meaning: 'What computes: auto takes a GPU where one can be used, else the processor.',
  },
  'device.threads': {
    allowed: 'a whole number from 1 to 1024, or null',
    meaning: 'Processor threads; null takes the number of cores, or one for tiny models.',
  },
  'output.directory': {
    allowed: 'the path of a folder, or null',
    meaning: "Where the run's files go; null is the app's data folder.",
  },
};
