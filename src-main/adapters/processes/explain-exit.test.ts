import { describe, expect, it } from 'vitest';
import { explainExit } from './explain-exit.ts';

const exit = (signal: string | null, ...lastLines: string[]) => ({
  exitCode: signal === null ? 134 : null,
  signal,
  lastLines,
});

describe('the end of a process', () => {
  it.each([
    ['SIGKILL', 'memory runs out', 'training.batchSize'],
    ['SIGBUS', 'the model', 'model.path'],
    ['SIGABRT', 'assumption', 'Report'],
  ])('by %s is said in plain words, with a remedy', (signal, cause, remedy) => {
    const error = explainExit('trainer', exit(signal, 'step 3 of 9, loss 1.2'));
    expect(error).toMatchObject({
      code: 'process.died',
      cause: expect.stringContaining(cause),
      remedy: expect.stringContaining(remedy),
    });
    expect(error.cause).toContain('step 3 of 9');
    expect(error.cause).toContain(signal);
  });

  it('is explained by llama.cpp’s own words, also where other lines follow them', () => {
    const assertion = '/src/ggml.c:1234: GGML_ASSERT(a->ne[0] == b->ne[0]) failed';
    const error = explainExit(
      'trainer',
      exit('SIGABRT', assertion, '#1 0x7f in ggml_abort_backtrace', '(core dumped)'),
    );
    expect(error.cause).toContain('ended it because an assumption did not hold');
    expect(explainExit('trainer', exit('SIGABRT', assertion)).cause).toContain(assertion);
  });

  it('for want of memory is told apart from an abort', () => {
    const line = "terminate called after throwing an instance of 'std::bad_alloc'";
    expect(explainExit('trainer', exit('SIGABRT', line, '  what():  std::bad_alloc'))).toMatchObject({
      cause: expect.stringContaining('ran out of memory'),
      remedy: expect.stringContaining('collator.maxLength'),
    });
  });

  it.each([
    ['CUDA error: out of memory', 'The GPU ran out of memory', 'gradientCheckpointing'],
    ['CUDA error: an illegal memory access was encountered', 'The GPU or its driver failed', 'driver'],
    ['  what():  vk::Queue::submit: ErrorDeviceLost', 'The GPU or its driver failed', 'driver'],
  ])('by a GPU that says "%s" names the GPU', (line, cause, remedy) => {
    const lines = [line, '/src/ggml-cuda.cu:98: CUDA error', 'GGML_ABORT'];
    expect(explainExit('trainer', exit('SIGABRT', ...lines.slice(0, 1)))).toMatchObject({
      cause: expect.stringContaining(cause),
      remedy: expect.stringContaining(remedy),
    });
  });

  it('without a signal or a line names the exit code', () => {
    expect(explainExit('inference', exit(null)).cause).toContain('exit code 134; it wrote nothing');
  });
});
