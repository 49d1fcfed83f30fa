/** `luthier doctor`: what this installation is made of, and whether it is whole. */
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function doctorCommand({ parts, output, signal }: CommandContext): Promise<ExitCode> {
  const native = await parts.workers.preparer.describe({ signal });
  const { host: _host, version: _version, ...machine } = parts.appInfo();
  const integrity = parts.store.integrity();
  const report = {
    versions: { ...parts.versions, ...(native.ok ? native.value.version : {}) },
    machine: { ...machine, diskFreeBytes: parts.freeBytes(parts.home) },
    devices: native.ok ? native.value.devices : [],
    gpuBackends: native.ok ? native.value.gpus : [],
    database: { integrity, runs: parts.store.names(false).size },
    problems: [
      ...(native.ok ? [] : [native.error]),
      ...(integrity === 'ok'
        ? []
        : [
            {
              code: 'history.damaged',
              title: 'The history is damaged.',
              cause: integrity,
              remedy:
                'Close every Luthier and start it again: it sets the file aside and keeps what can be read.',
            },
          ]),
    ],
  };
  if (output.json) await output.document(report);
  output.text(JSON.stringify(report, null, 2));
  return report.problems.length === 0 ? EXIT.done : EXIT.failed;
}
