/** The machine that would train: what the backend says of it. */
import { Cpu } from 'lucide-react';
import type { AppInfo } from '../../../src-shared/contract/procedures.ts';
import type { ComputeDevice } from '../../../src-shared/domain/device.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { formatBytes, splitBytes } from '../../format/numbers.ts';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';

export function DeviceCard() {
  const info = useQuery('app.info', {});
  return (
    <Card title={strings.newRun.device}>
      <div className="card-body">
        {info.status === 'loading' && (
          <p className="row soft">
            <span className="spinner" aria-hidden="true" />
            {strings.newRun.lookingAtDevice}
          </p>
        )}
        {info.status === 'ready' && <DeviceFacts info={info.value} />}
        {info.status === 'failed' && (
          <ErrorCallout error={info.error}>
            <Button onClick={info.reload}>{strings.app.retry}</Button>
          </ErrorCallout>
        )}
      </div>
      {info.status === 'ready' && (
        <p className="card-foot wrap">
          {strings.newRun.dataFolder} <code>{info.value.home}</code>
        </p>
      )}
    </Card>
  );
}

/** Not the processor, nor what computes on it behind a GPU's interface. */
function isGpu(device: ComputeDevice): boolean {
  return !device.isSoftware;
}

function GpuFacts({ device }: { readonly device: ComputeDevice }) {
  const free = splitBytes(device.memoryFreeBytes);
  return (
    <>
      <dt>{device.backend}</dt>
      <dd>
        {device.description}, {free.value}{' '}
        {strings.app.ofTotalFree(free.unit, formatBytes(device.memoryTotalBytes))}
      </dd>
    </>
  );
}

function DeviceFacts({ info }: { readonly info: AppInfo }) {
  const free = splitBytes(info.memoryFreeBytes);
  const used = 1 - info.memoryFreeBytes / info.memoryTotalBytes;
  return (
    <div className="device">
      <div className="row device-name">
        <Cpu size={16} strokeWidth={1.5} aria-hidden="true" />
        <span className="grow">
          {info.processor}
          <span className="small quiet device-cores">{strings.newRun.cores(info.processorCores)}</span>
        </span>
      </div>
      <div className="row row-wrap">
        <span className="grow">{strings.newRun.mainMemory}</span>
        <span>
          <strong>{free.value}</strong>{' '}
          <span className="unit">
            {strings.app.ofTotalFree(free.unit, formatBytes(info.memoryTotalBytes))}
          </span>
        </span>
      </div>
      <div className="bar" aria-hidden="true">
        <span style={{ width: `${used * 100}%` }} />
      </div>
      <dl className="facts device-facts">
        {info.devices.filter(isGpu).map(device => (
          <GpuFacts key={device.name} device={device} />
        ))}
        <dt>{strings.newRun.platform}</dt>
        <dd>{info.platform}</dd>
        <dt>{strings.newRun.version}</dt>
        <dd>{info.version}</dd>
      </dl>
    </div>
  );
}
