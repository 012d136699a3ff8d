import { fieldValue, type PodAddresses, resourceValue } from "./downward.ts";
import { ConfigError, type Entries, notFound, type ReadEntries } from "./environment.ts";
import { containersOf, type DownwardItem, type FromObject, type Pod, type Projection, type Volume } from "./pod.ts";

export interface VolumeFile {
  /** Relative to the volume. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

export interface TokenRequest {
  readonly audience?: string;
  readonly expirationSeconds: number;
}

/** Where the contents of volumes come from. */
export interface VolumeSources {
  readonly addresses: PodAddresses;
  readonly read: ReadEntries;
  /** Returns a token of the pod's service account. */
  token(request: TokenRequest): Promise<string>;
  /** Returns the folder of the volume that a claim is bound to. Throws ConfigError. */
  claimed(claim: string): Promise<string>;
}

/** Returns the files of a volume made from API objects; undefined for one whose content belongs to pods. */
export async function volumeFiles(
  pod: Pod,
  volume: Volume,
  sources: VolumeSources,
): Promise<readonly VolumeFile[] | undefined> {
  const { secret, configMap, downwardAPI, projected } = volume;
  const modes = { default: (projected ?? secret ?? configMap ?? downwardAPI)?.defaultMode ?? 0o644 };
  if (secret !== undefined) return entries("Secret", secret.secretName, secret, modes.default, sources.read);
  if (configMap !== undefined) return entries("ConfigMap", configMap.name, configMap, modes.default, sources.read);
  if (downwardAPI !== undefined) return downward(pod, downwardAPI.items, modes.default, sources.addresses);
  if (projected === undefined) return undefined;
  const parts = await Promise.all(
    (projected.sources ?? []).map((source) => projection(pod, source, modes.default, sources)),
  );
  return parts.flat();
}

async function projection(
  pod: Pod,
  { secret, configMap, downwardAPI, serviceAccountToken }: Projection,
  mode: number,
  sources: VolumeSources,
): Promise<readonly VolumeFile[]> {
  if (secret !== undefined) return entries("Secret", secret.name, secret, mode, sources.read);
  if (configMap !== undefined) return entries("ConfigMap", configMap.name, configMap, mode, sources.read);
  if (downwardAPI !== undefined) return downward(pod, downwardAPI.items, mode, sources.addresses);
  if (serviceAccountToken === undefined) return [];
  const { audience, expirationSeconds = 3_600, path } = serviceAccountToken;
  const token = await sources.token({ expirationSeconds, ...(audience === undefined ? {} : { audience }) });
  return [{ path, content: Buffer.from(token), mode }];
}

async function entries(
  kind: "Secret" | "ConfigMap",
  name: string,
  { items, optional }: FromObject,
  mode: number,
  read: ReadEntries,
): Promise<readonly VolumeFile[]> {
  const found: Entries = await read(kind, name);
  if (found === undefined) {
    if (optional === true) return [];
    throw notFound(kind, name);
  }
  if (items === undefined) return Object.entries(found).map(([path, content]) => ({ path, content, mode }));
  return items.flatMap((item) => {
    const content = found[item.key];
    if (content !== undefined) return [{ path: inside(item.path), content, mode: item.mode ?? mode }];
    if (optional === true) return [];
    throw new ConfigError(`references non-existent ${kind.toLowerCase()} key: ${item.key}`);
  });
}

function downward(
  pod: Pod,
  items: readonly DownwardItem[] = [],
  mode: number,
  addresses: PodAddresses,
): readonly VolumeFile[] {
  return items.map((item) => {
    let value = "";
    if (item.fieldRef !== undefined) value = fieldValue(pod, item.fieldRef, addresses);
    const of = containersOf(pod).find((each) => each.name === item.resourceFieldRef?.containerName);
    if (item.resourceFieldRef !== undefined && of !== undefined) value = resourceValue(of, item.resourceFieldRef);
    return { path: inside(item.path), content: Buffer.from(value), mode: item.mode ?? mode };
  });
}

/** The API server rejects such paths; a file outside of the volume would be worse than a pod that does not start. */
function inside(path: string): string {
  if (path.startsWith("/") || path.split("/").includes(".."))
    throw new ConfigError(`"${path}" is outside of its volume`);
  return path;
}

/**
 * Returns the earliest time at which a token of the volume must be replaced: after four fifths of its lifetime, like a
 * kubelet.
 */
export function refreshAfterMs(volume: Volume): number | undefined {
  const lives = (volume.projected?.sources ?? []).flatMap(({ serviceAccountToken }) =>
    serviceAccountToken === undefined ? [] : [(serviceAccountToken.expirationSeconds ?? 3_600) * 1_000],
  );
  return lives.length === 0 ? undefined : Math.min(...lives) * 0.8;
}

/** Returns the objects that the volume's content depends on. */
export function objectsOf({ secret, configMap, projected }: Volume): readonly string[] {
  const named = (kind: string, name: string | undefined): string[] => (name === undefined ? [] : [`${kind}/${name}`]);
  return [
    ...named("Secret", secret?.secretName),
    ...named("ConfigMap", configMap?.name),
    ...(projected?.sources ?? []).flatMap((source) => [
      ...named("Secret", source.secret?.name),
      ...named("ConfigMap", source.configMap?.name),
    ]),
  ];
}
