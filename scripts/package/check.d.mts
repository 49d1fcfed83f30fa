/** What check.mjs tells the tests that are written in TypeScript. */
export interface PackageReport {
  readonly problems: readonly string[];
  readonly bytes: number;
  readonly archiveBytes: number;
  readonly libraries: readonly string[];
}

export function checkPackage(
  folder: string,
  machine: { readonly platform: string; readonly arch: string },
): PackageReport;

export function readArchive(
  file: string,
): readonly { readonly path: string; readonly isUnpacked: boolean; readonly bytes: Uint8Array | null }[];
