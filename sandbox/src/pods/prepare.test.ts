import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { container, trialPod } from "../../../test/support/trial-pod.ts";
import type { Image } from "./image.ts";
import type { Container, RuntimePodSpec } from "./pod.ts";
import { authoritiesFile, podFolder } from "./pod-folder.ts";
import { prepareContainer, userOf } from "./prepare.ts";

let root: string;
let image: Image;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "gennet-prepare-"));
  await mkdir(join(root, "source"));
  await mkdir(join(root, "u1", "etc"), { recursive: true });
  await writeFile(join(root, "u1", "etc", "hosts"), "");
  image = {
    name: "app",
    folder: join(root, "source"),
    entrypoint: ["run"],
    cmd: ["--by-image"],
    env: { PATH: "/bin" },
  };
});
afterAll(async () => rm(root, { recursive: true }));

const prepare = (fields: Partial<Container>, spec: Partial<RuntimePodSpec> = {}, images: readonly Image[] = [image]) => {
  const own = container("app", fields);
  const pod = trialPod({ containers: [own], ...spec });
  const record = {
    namespace: "shop",
    name: "web-1",
    uid: "u1",
    address: "100.64.0.2",
    netns: "/run/netns/a",
    startTime: 0,
  };
  const sources = {
    addresses: { podIP: "100.64.0.2", hostIP: "100.64.0.1" },
    read: async () => undefined,
    token: async () => "",
    claimed: async () => "",
  };
  return prepareContainer({ pod, container: own, record, folder: podFolder(root, "u1"), images, sources, run: 3 });
};

it("Command and arguments are combined like a kubelet does it", async () => {
  const args = async (fields: Partial<Container>) => (await prepare(fields)).args;
  expect(await args({})).toEqual(["run", "--by-image"]);
  expect(await args({ args: ["--own"] })).toEqual(["run", "--own"]);
  expect(await args({ command: ["other"] })).toEqual(["other"]);
  expect(await args({ command: ["$(A)"], args: ["$(B)"], env: [{ name: "A", value: "1" }] })).toEqual(["1", "$(B)"]);
});

it("Outer volumes are mounted before inner ones, and the image's folder stays visible inside a volume", async () => {
  const volumes = [
    { name: "a", emptyDir: {} },
    { name: "s", secret: { secretName: "s" } },
  ];
  const volumeMounts = [
    { name: "s", mountPath: join(root, "inner") },
    { name: "a", mountPath: root },
  ];
  const { mounts, log } = await prepare({ volumeMounts }, { volumes });
  const own = mounts.filter(({ target }) => target.startsWith(root));
  expect(own).toEqual([
    { source: join(root, "u1/volumes/a"), target: root, readOnly: false },
    { source: join(root, "u1/volumes/s"), target: join(root, "inner"), readOnly: true },
    { source: image.folder, target: image.folder, readOnly: true },
  ]);
  expect(log).toBe(join(root, "u1/containers/app/3.log"));
});

it("A container has the pod's own files in /etc, and trusts the authorities of the region's stores", async () => {
  const before = await prepare({});
  expect(before.mounts).toContainEqual({ source: join(root, "u1/etc/hosts"), target: "/etc/hosts", readOnly: false });
  expect(before.env.join("\n")).not.toContain("SSL_CERT_FILE");
  await writeFile(join(root, "u1", "etc", authoritiesFile), "");
  const { env, mounts } = await prepare({}, {}, [{ ...image, authorities: ["/etc/ssl/rds.pem"] }]);
  const source = join(root, "u1/etc", authoritiesFile);
  expect(mounts).toContainEqual({ source, target: "/etc/ssl/rds.pem", readOnly: true });
  expect(mounts.map(({ target }) => target)).toContain(`/etc/${authoritiesFile}`);
  expect(env).toContain(`SSL_CERT_FILE=/etc/${authoritiesFile}`);
});

it("A claimed volume is mounted from where it is, and its folders have its mode", async () => {
  const volume = join(root, "pvc-1");
  await mkdir(join(root, "u1", "volumes"), { recursive: true });
  await mkdir(volume);
  await chmod(volume, 0o2775);
  await symlink(volume, join(root, "u1", "volumes", "d"));
  const sourceOf = async (subPath: string | undefined, claim: object) => {
    const volumeMounts = [{ name: "d", mountPath: "/data", ...(subPath === undefined ? {} : { subPath }) }];
    const volumes = [{ name: "d", persistentVolumeClaim: { claimName: "c", ...claim } }];
    return (await prepare({ volumeMounts }, { volumes })).mounts.filter(({ target }) => target === "/data");
  };
  expect(await sourceOf(undefined, {})).toEqual([{ source: volume, target: "/data", readOnly: false }]);
  const own = join(volume, "data");
  expect(await sourceOf("data", {})).toEqual([{ source: own, target: "/data", readOnly: false }]);
  expect((await stat(own)).mode & 0o7777).toBe(0o2775);
  expect(await sourceOf("data", { readOnly: true })).toEqual([{ source: own, target: "/data", readOnly: true }]);
});

it("A missing image, and one whose folder is gone, are named", async () => {
  await expect(prepare({}, {}, [])).rejects.toThrow('"app:1" is not registered: gennet sandbox image app:1 PATH');
  await expect(prepare({}, {}, [{ ...image, folder: join(root, "none") }])).rejects.toThrow("is gone");
});

it("Files of an image are where it has them, below volumes; what it shares is above them", async () => {
  const program = join(root, "program");
  const shared = { ...image, files: { "/bin/app": program }, folders: ["/data"], shares: [join(root, "git")] };
  const volumeMounts = [{ name: "a", mountPath: root }];
  const securityContext = { readOnlyRootFilesystem: true };
  const volumes = [{ name: "a", emptyDir: {} }];
  const { mounts, readOnlyRoot } = await prepare({ volumeMounts, securityContext }, { volumes }, [shared]);
  const order = mounts.map(({ target }) => target);
  expect(order.slice(order.indexOf("/data"))).toEqual(["/data", "/bin/app", root, join(root, "git"), image.folder]);
  expect(mounts).toContainEqual({ source: program, target: "/bin/app", readOnly: true });
  expect(readOnlyRoot).toBe(true);
  const data = { source: join(root, "u1/containers/app/3/folders/0"), target: "/data" };
  expect(mounts).toContainEqual({ ...data, readOnly: true });
  expect((await prepare({}, {}, [shared])).mounts).toContainEqual({ ...data, readOnly: false });
  const over = await prepare({ volumeMounts: [{ name: "a", mountPath: "/data" }] }, { volumes }, [shared]);
  expect(over.mounts.filter(({ target }) => target === "/data")).toEqual([
    { source: join(root, "u1/volumes/a"), target: "/data", readOnly: false },
  ]);
});

it("A missing tag of a repository that has only one is told with the one that exists", async () => {
  const only: Image = { ...image, name: "app:2", soleTag: true };
  await expect(prepare({}, {}, [only])).rejects.toThrow('"app:1": not found; the sandbox has app:2');
});

it("A container runs as its own user, the pod's or the image's, and not as root if that is forbidden", () => {
  const pod = trialPod({ securityContext: { runAsUser: 1, fsGroup: 7, supplementalGroups: [8, 7] } });
  const by = { user: { uid: 5, gid: 6 } };
  expect(userOf(pod, container("app", { securityContext: { runAsUser: 2 } }), {})).toEqual({
    uid: 2,
    gid: 0,
    groups: [0, 7, 8],
  });
  expect(userOf(pod, container("app"), by)).toEqual({ uid: 1, gid: 6, groups: [6, 7, 8] });
  expect(userOf(trialPod(), container("app"), by)).toEqual({ uid: 5, gid: 6, groups: [6] });
  const never = trialPod({ securityContext: { runAsNonRoot: true } });
  expect(() => userOf(never, container("app"), {})).toThrow("runAsNonRoot");
});

it("A container whose part is down on purpose does not start, and its pod says what starts it", async () => {
  await expect(prepare({}, {}, [{ ...image, part: "istiod", isDown: true }])).rejects.toThrow(
    '"app:1" is kept from starting until gennet sandbox heal istiod',
  );
});
