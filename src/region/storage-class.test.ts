import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../core/error.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { oneRegion, type OneRegion } from "../../test/support/one-region.ts";

const mark = "storageclass.kubernetes.io/is-default-class";

let eu: OneRegion;

beforeEach(async () => {
  eu = oneRegion();
  await eu.bootstrap(eu.world());
});

function classOf(name: string): KubeObject | undefined {
  return eu.kube.objects.get(`StorageClass /${name}`);
}

function regionKey(): string {
  return nonEmpty([...eu.cloud.keys.values()]).map(({ arn }) => arn)[0] ?? "";
}

function store(name: string, facts: Readonly<Record<string, unknown>>, creationTimestamp: string, isDefault: boolean) {
  const metadata = { name, creationTimestamp, annotations: { [mark]: String(isDefault) } };
  return eu.kube.store({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata, ...facts });
}

const inTree = { provisioner: "kubernetes.io/aws-ebs", parameters: { type: "gp2" }, reclaimPolicy: "Delete" };
const foreign = { provisioner: "efs.csi.aws.com", reclaimPolicy: "Delete" };

describe("the default StorageClass", () => {
  it("Volumes without a class are encrypted with the region's key, in the zone of their pod", () => {
    expect(classOf("gp3")).toMatchObject({
      metadata: { annotations: { [mark]: "true" }, labels: { "app.kubernetes.io/managed-by": "gennet" } },
      provisioner: "ebs.csi.aws.com",
      parameters: { type: "gp3", encrypted: "true", kmsKeyId: regionKey() },
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
    });
  });

  it("A key that gennet.yaml names encrypts volumes", async () => {
    const own = {
      arn: "arn:aws:kms:eu-west-1:111122223333:key/own",
      state: "Enabled",
      spec: "SYMMETRIC_DEFAULT",
      usage: "ENCRYPT_DECRYPT",
    };
    const kms = await eu.cloud.aws.service("kms");
    const world = eu.world({ encryptionKey: own.arn });
    const service: typeof world.aws.service = async (name) =>
      name === "kms" ? ({ ...kms, usable: async () => own } as never) : eu.cloud.aws.service(name);
    const pending = await eu.pending({ ...world, aws: { ...world.aws, service } });
    expect(pending["storage-class"]).toBe(`replace encryption key: ${regionKey()} → ${own.arn}`);
  });

  it("The mark of the default is taken from the classes of EKS, which stay otherwise as they are", async () => {
    store("gp2", inTree, "2026-01-01T00:00:00Z", true);
    store("ebs-csi-default-sc", { provisioner: "ebs.csi.aws.com" }, "2026-01-01T00:00:00Z", true);
    expect(await eu.pending(eu.world())).toEqual({
      "storage-class":
        "update StorageClass gp2: default: on → off | StorageClass ebs-csi-default-sc: default: on → off",
    });
    expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 0, findings: [] });
    expect(classOf("gp2")).toMatchObject({ ...inTree, metadata: { annotations: { [mark]: "false" } } });
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("A class named gp2 that is not of EKS keeps its mark, and an older default of others does not matter", async () => {
    const own = classOf("gp3") as KubeObject;
    eu.kube.store({ ...own, metadata: { ...own.metadata, creationTimestamp: "2026-02-01T00:00:00Z" } });
    store("gp2", foreign, "2026-01-01T00:00:00Z", true);
    expect(await eu.pending(eu.world())).toEqual({});
    expect(classOf("gp2")).toMatchObject({ metadata: { annotations: { [mark]: "true" } } });
  });

  it("A newer default class of others is reported with the command that ends it, and is not changed", async () => {
    store("efs", foreign, "2026-03-01T00:00:00Z", true);
    const said = (await eu.pending(eu.world()))["storage-class"];
    expect(said).toMatch(/^blocked StorageClass efs is newer and also marked as default/);
    const { exit, findings } = await eu.bootstrap(eu.world());
    expect(exit).toBe(3);
    expect(findings.map(({ fix }) => fix)).toEqual([`kubectl annotate storageclass efs ${mark}=false --overwrite`]);
    expect(classOf("efs")).toMatchObject({ metadata: { annotations: { [mark]: "true" } } });
  });

  it("What was changed by hand and can be changed back is changed back", async () => {
    const own = classOf("gp3") as KubeObject;
    const metadata = { ...own.metadata, annotations: { [mark]: "false" } };
    eu.kube.store({ ...own, metadata, allowVolumeExpansion: false });
    eu.kube.owned.add("StorageClass /gp3");
    expect(await eu.pending(eu.world())).toEqual({ "storage-class": "update expansion: off → on | default: off → on" });
    expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 0, findings: [] });
    expect(classOf("gp3")).toMatchObject({ metadata: { annotations: { [mark]: "true" } }, allowVolumeExpansion: true });
  });

  it("An unencrypted class of gennet is replaced, also by a run after one that was killed in between", async () => {
    const own = classOf("gp3") as KubeObject;
    eu.kube.store({ ...own, parameters: { type: "gp3" } });
    const plan = await eu.plan(eu.world());
    expect(await eu.pending(eu.world())).toEqual({
      "storage-class": "replace encryption key: none → alias/acme-eu",
    });
    eu.kube.objects.delete("StorageClass /gp3");
    expect(await eu.bootstrap(eu.world(), plan)).toMatchObject({ exit: 0, findings: [] });
    eu.kube.store({ ...own, parameters: { type: "gp3" } });
    expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 0, findings: [] });
    expect(classOf("gp3")).toMatchObject({ parameters: { encrypted: "true", kmsKeyId: regionKey() } });
  });

  it("A class that gennet did not make is only taken over with --adopt", async () => {
    store("gp3", { provisioner: "ebs.csi.aws.com", parameters: { type: "gp3" } }, "2026-01-01T00:00:00Z", false);
    expect((await eu.pending(eu.world()))["storage-class"]).toMatch(
      /^blocked StorageClass gp3 exists, but was not made by gennet/,
    );
    const adopting = { ...eu.world(), adopts: true } as const;
    expect((await eu.pending(adopting))["storage-class"]).toMatch(/^adopt .*encryption key: none → alias\/acme-eu/);
    expect(await eu.bootstrap(adopting)).toMatchObject({ exit: 0, findings: [] });
    expect(classOf("gp3")).toMatchObject({ parameters: { encrypted: "true" } });
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("Classes that the caller may not list are unknown, and nothing is announced as new", async () => {
    const inner = await eu.world().cluster();
    const denied = new AppError("KUBE_DENIED", 'storageclasses is forbidden: User "ada" cannot list it');
    const list: typeof inner.list = (query, signal) => {
      if (query.kind === "StorageClass") throw denied;
      return inner.list(query, signal);
    };
    const pending = await eu.pending({ ...eu.world(), cluster: async () => ({ ...inner, list }) });
    expect(pending).toEqual({ "storage-class": `blocked what it is like is unknown: ${denied.message}` });
  });

  it("Auto Mode has its own driver, whose volumes only its nodes can attach", async () => {
    const auto = eu.world({ nodes: { mode: "auto" } });
    expect((await eu.pending(auto))["storage-class"]).toBe(
      "replace driver: ebs.csi.aws.com → ebs.csi.eks.amazonaws.com | compute: any → auto",
    );
    expect(await eu.bootstrap(auto)).toMatchObject({ exit: 0, findings: [] });
    expect(classOf("gp3")).toMatchObject({
      provisioner: "ebs.csi.eks.amazonaws.com",
      allowedTopologies: [{ matchLabelExpressions: [{ key: "eks.amazonaws.com/compute-type", values: ["auto"] }] }],
    });
    expect(await eu.pending(auto)).toEqual({});
  });
});
