import { chmod, lstat, mkdir, readdir, realpath, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { apiserverAddress } from "../region/service-addresses.ts";
import { ConfigError, environmentOf, expand } from "./environment.ts";
import { findImage, type Image, repositoryOf } from "./image.ts";
import { mountsOfImage, withSharedFolders, pathsToReach } from "./image-mounts.ts";
import type { Container, Pod, VolumeMount } from "./pod.ts";
import { authoritiesFile, hostnameOf, type PodFolder, type PodRecord } from "./pod-folder.ts";
import type { ShimContainer } from "./shim.ts";
import type { VolumeSources } from "./volume-files.ts";

/** By these, clients in pods find the API server; a kubelet sets them, too. */
const apiserverVariables = {
  KUBERNETES_SERVICE_HOST: apiserverAddress,
  KUBERNETES_SERVICE_PORT: "443",
  KUBERNETES_SERVICE_PORT_HTTPS: "443",
};

/** The image does not exist, or its folder is gone; a kubelet would fail to pull it. */
export class ImageError extends Error {}

export interface Preparation {
  readonly pod: Pod;
  readonly container: Container;
  readonly record: PodRecord;
  readonly folder: PodFolder;
  readonly images: readonly Image[];
  readonly sources: VolumeSources;
  /** The number of the run. */
  readonly run: number;
}

/** Assembles the settings of a container's run. Throws ConfigError and ImageError. */
export async function prepareContainer(preparation: Preparation): Promise<ShimContainer> {
  const { pod, container, record, folder, sources, run } = preparation;
  const image = await requireImage(preparation.images, container.image);
  const base = join(folder.container(container.name), String(run));
  await mkdir(join(base, "root"), { recursive: true, mode: 0o700 });
  const user = userOf(pod, container, image);
  const own = await environmentOf(pod, container, sources.addresses, sources.read);
  const etc = await readdir(folder.etc);
  const env = {
    ...(etc.includes(authoritiesFile) ? { SSL_CERT_FILE: `/etc/${authoritiesFile}` } : {}),
    ...apiserverVariables,
    HOME: user.uid === 0 ? "/root" : "/",
    HOSTNAME: hostnameOf(pod),
    ...image.env,
    ...own,
  };
  const command = (container.command ?? image.entrypoint).map((word) => expand(word, own));
  // A command in the pod's spec replaces both the command and the arguments of the image.
  const rest = container.args ?? (container.command === undefined ? image.cmd : []);
  const args = [...command, ...rest.map((word) => expand(word, own))];
  if (args.length === 0) throw new ConfigError("no command specified");
  const log = join(folder.container(container.name), `${run}.log`);
  await writeFile(log, "", { mode: 0o600 });
  const message = join(base, "message");
  await writeFile(message, "", { mode: 0o600 });
  await chmod(message, 0o666);
  const volumes = await mountsOf(pod, container, folder, own);
  const readOnlyRoot = container.securityContext?.readOnlyRootFilesystem === true;
  const path = (env as Record<string, string>)["PATH"] ?? "";
  return {
    netns: record.netns,
    hostname: hostnameOf(pod),
    log,
    args,
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    cwd: container.workingDir ?? image.workdir ?? image.folder,
    ...user,
    readOnlyRoot,
    noNewPrivileges: container.securityContext?.allowPrivilegeEscalation === false,
    mounts: [
      ...(etc.includes(authoritiesFile) ? (image.authorities ?? []) : []).map((target) => ({
        source: join(folder.etc, authoritiesFile),
        target,
        readOnly: true,
      })),
      ...etc.map((name) => ({
        source: join(folder.etc, name),
        target: `/etc/${name}`,
        readOnly: false,
      })),
      { source: message, target: container.terminationMessagePath ?? "/dev/termination-log", readOnly: false },
      // A mount of the image at the place of a volume would make the volume read-only.
      ...(await mountsOfImage(image, base, readOnlyRoot)).filter(
        ({ target }) => !volumes.some((volume) => volume.target === target),
      ),
      ...withSharedFolders(image, volumes),
    ],
    traverse: await pathsToReach(image, path),
    root: join(base, "root"),
  };
}

async function requireImage(images: readonly Image[], reference: string): Promise<Image> {
  const image = findImage(images, reference);
  if (image === undefined) {
    const there = images.find(({ name, soleTag }) => soleTag === true && repositoryOf(name) === repositoryOf(reference));
    if (there !== undefined) throw new ImageError(`"${reference}": not found; the sandbox has ${there.name}`);
    throw new ImageError(`"${reference}" is not registered: gennet sandbox image ${reference} PATH`);
  }
  if (image.isDown === true) throw new ImageError(`"${reference}" is kept from starting until gennet sandbox heal ${image.part}`);
  const there = await lstat(image.folder).catch(() => undefined);
  if (there?.isDirectory() === true) return image;
  throw new ImageError(`the folder of "${reference}" is gone: ${image.folder}`);
}

export function userOf(
  { spec }: Pod,
  { securityContext: own }: Container,
  image: Pick<Image, "user">,
): Pick<ShimContainer, "uid" | "gid" | "groups"> {
  const all = spec.securityContext;
  const uid = own?.runAsUser ?? all?.runAsUser ?? image.user?.uid ?? 0;
  const gid = own?.runAsGroup ?? all?.runAsGroup ?? image.user?.gid ?? 0;
  if (uid === 0 && (own?.runAsNonRoot ?? all?.runAsNonRoot) === true) {
    throw new ConfigError("container has runAsNonRoot and image will run as root");
  }
  const groups = [gid, ...(all?.fsGroup === undefined ? [] : [all.fsGroup]), ...(all?.supplementalGroups ?? [])];
  return { uid, gid, groups: [...new Set(groups)] };
}

async function mountsOf(
  { spec }: Pod,
  { volumeMounts = [] }: Container,
  folder: PodFolder,
  env: Readonly<Record<string, string>>,
): Promise<ShimContainer["mounts"]> {
  const mounts = await Promise.all(
    volumeMounts.map(async (mount) => {
      const volume = spec.volumes?.find(({ name }) => name === mount.name);
      const claim = volume?.persistentVolumeClaim;
      const shared = volume?.emptyDir !== undefined || (claim !== undefined && claim.readOnly !== true);
      return {
        source: await sourceOf(mount, folder.volume(mount.name), shared, env),
        target: mount.mountPath,
        // Volumes from the API are read-only, as with a kubelet.
        readOnly: mount.readOnly === true || !shared,
      };
    }),
  );
  // Outer mounts come first; otherwise they would cover the inner ones.
  return mounts.sort((a, b) => a.target.length - b.target.length);
}

async function sourceOf(
  { subPath, subPathExpr }: VolumeMount,
  volume: string,
  shared: boolean,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const below = subPath ?? (subPathExpr === undefined ? undefined : expand(subPathExpr, env));
  // The runtime mounts from another root, where the link to a claimed volume leads nowhere.
  if (below === undefined || below === "") return realpath(volume).catch(() => volume);
  if (below.startsWith("/") || below.split("/").includes("..")) throw new ConfigError(`subPath "${below}" leads out`);
  const path = join(volume, below);
  const made = shared ? await mkdir(path, { recursive: true }) : undefined;
  // What may write to the volume may write to its folders, whatever the umask is.
  if (made !== undefined) await chmod(path, (await stat(volume)).mode);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) throw new ConfigError(`subPath "${below}" does not exist`);
  if (!`${real}/`.startsWith(`${await realpath(volume)}/`)) throw new ConfigError(`subPath "${below}" leads out`);
  return real;
}
