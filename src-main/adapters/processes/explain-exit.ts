/** Why a child process died, in plain words, from how it ended and what it last wrote. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { ProcessExit } from '../../../src-shared/domain/run.ts';
import { MEMORY_LIMIT_REACHED, type ProcessEntry } from '../../processes/protocol.ts';

const TITLES: Readonly<Record<ProcessEntry, string>> = {
  trainer: 'The training process ended before the run was done.',
  preparer: 'The preparation process ended before it was done.',
  inference: 'The inference process ended before it was done.',
  explorer: 'The process that shows data and labels ended before it was done.',
  exporter: 'The export process ended before it was done.',
  querier: 'The process that reads the history ended before it was done.',
};

interface Explanation {
  readonly cause: string;
  readonly remedy: string;
}

const LESS_MEMORY = 'Lower training.batchSize or collator.maxLength, or end other programs.';
const LESS_GPU_MEMORY =
  'Lower training.batchSize or collator.maxLength, set training.gradientCheckpointing to on, or device.backend to cpu.';
const REPORT = 'Report this with the last lines of the run.';

/** By what the process wrote: the last line that fits wins over the signal. */
const BY_LINE: readonly { readonly pattern: RegExp; readonly explain: (line: string) => Explanation }[] = [
  {
    pattern:
      /JavaScript (heap )?out of memory|process out of memory|std::bad_alloc|failed to allocate|cannot allocate memory/i,
    explain: line => ({ cause: `It ran out of memory: ${line}`, remedy: LESS_MEMORY }),
  },
  {
    pattern: /CUDA error: out of memory|cudaMalloc failed|OutOfDeviceMemory/,
    explain: line => ({ cause: `The GPU ran out of memory: ${line}`, remedy: LESS_GPU_MEMORY }),
  },
  {
    pattern: /CUDA error|DeviceLost|GPU Hang/i,
    explain: line => ({
      cause: `The GPU or its driver failed: ${line}`,
      remedy: 'Update the driver, or set device.backend to cpu.',
    }),
  },
  {
    pattern: /GGML_ASSERT|GGML_ABORT|ggml_abort|llama_.*fatal|terminate called/,
    explain: line => ({
      cause: `llama.cpp ended it because an assumption did not hold: ${line}`,
      remedy: REPORT,
    }),
  },
];

const BY_SIGNAL: Readonly<Record<string, Explanation>> = {
  SIGKILL: {
    cause: 'Something outside ended it, often the system when memory runs out.',
    remedy: LESS_MEMORY,
  },
  SIGABRT: { cause: 'The native part ended itself because an assumption did not hold.', remedy: REPORT },
  SIGBUS: {
    cause: 'A file that it reads from memory was cut off or is gone, most likely the model.',
    remedy: 'Check model.path and its disk, and put the file back as it was.',
  },
  SIGSEGV: { cause: 'The native part read memory that is not its own.', remedy: REPORT },
  SIGILL: {
    cause: 'The native part was built for another processor.',
    remedy: 'Run the set-up again on this machine.',
  },
  SIGXFSZ: {
    cause: 'A file grew beyond the size that is allowed here.',
    remedy: 'Raise the limit for file sizes.',
  },
};

/** Errors: `process.tooMuchMemory` (it ended itself), `process.died`; both with the exit in `details`. */
export function explainExit(entry: ProcessEntry, exit: ProcessExit): CodedError {
  const last = exit.lastLines.at(-1);
  if (last?.startsWith(MEMORY_LIMIT_REACHED)) {
    return {
      code: 'process.tooMuchMemory',
      title: 'The work took too much memory and was ended.',
      cause: last,
      remedy: 'Use another template or file.',
      details: exit,
    };
  }
  const how = exit.signal !== null ? `signal ${exit.signal}` : `exit code ${exit.exitCode}`;
  const told = last === undefined ? 'it wrote nothing' : `its last line was: ${last}`;
  const { cause, remedy } = explanationOf(exit);
  return {
    code: 'process.died',
    title: TITLES[entry],
    cause: `${cause} It ended with ${how}; ${told}`,
    remedy,
    details: exit,
  };
}

function explanationOf({ lastLines, signal }: ProcessExit): Explanation {
  for (const line of [...lastLines].reverse()) {
    const known = BY_LINE.find(({ pattern }) => pattern.test(line));
    if (known) return known.explain(`${line.trim().slice(0, 500)}.`);
  }
  return (
    BY_SIGNAL[signal ?? ''] ?? {
      cause: 'It gave no reason.',
      remedy: `Look at its last lines. ${LESS_MEMORY}`,
    }
  );
}
