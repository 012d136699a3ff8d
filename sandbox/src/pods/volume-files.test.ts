import { describe, expect, it } from "vitest";
import { trialPod } from "../../../test/support/trial-pod.ts";
import { objectsOf, refreshAfterMs, volumeFiles, type VolumeSources } from "./volume-files.ts";
import type { Volume } from "./pod.ts";

const sources: VolumeSources = {
  addresses: { podIP: "100.64.0.2", hostIP: "100.64.0.1" },
  read: async (kind, name) => (name === "none" ? undefined : { a: Buffer.from(`${kind} a`), b: Buffer.from("b") }),
  token: async ({ audience, expirationSeconds }) => `token for ${audience ?? "the API"}, ${expirationSeconds} s`,
  claimed: async () => "",
};
const files = async (volume: Omit<Volume, "name">) =>
  (await volumeFiles(trialPod(), { name: "v", ...volume }, sources))?.map(
    ({ path, content, mode }) => `${path} ${mode.toString(8)} ${content.toString()}`,
  );

describe("volumeFiles", () => {
  it("A volume has the entries of a Secret or ConfigMap, all or the listed ones", async () => {
    expect(await files({ secret: { secretName: "s" } })).toEqual(["a 644 Secret a", "b 644 b"]);
    expect(
      await files({ configMap: { name: "c", defaultMode: 0o400, items: [{ key: "a", path: "x/y", mode: 0o440 }] } }),
    ).toEqual(["x/y 440 ConfigMap a"]);
  });

  it("A projected volume combines tokens, objects and the pod's own fields", async () => {
    const volume = {
      projected: {
        sources: [
          { serviceAccountToken: { audience: "istio-ca", expirationSeconds: 43_200, path: "istio-token" } },
          { configMap: { name: "c", items: [{ key: "b", path: "ca.crt" }] } },
          { downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] } },
        ],
      },
    };
    expect(await files(volume)).toEqual([
      "istio-token 644 token for istio-ca, 43200 s",
      "ca.crt 644 b",
      'labels 644 app="web"',
    ]);
    expect(refreshAfterMs({ name: "v", ...volume })).toBe(34_560_000);
    expect(objectsOf({ name: "v", ...volume })).toEqual(["ConfigMap/c"]);
  });

  it("A volume names a missing object unless it is optional, and rejects paths outside of it", async () => {
    await expect(files({ secret: { secretName: "none" } })).rejects.toThrow('secret "none" not found');
    expect(await files({ secret: { secretName: "none", optional: true } })).toEqual([]);
    const item = (key: string, path: string) => files({ configMap: { name: "c", items: [{ key, path }] } });
    await expect(item("z", "z")).rejects.toThrow("non-existent configmap key: z");
    await expect(item("a", "../a")).rejects.toThrow("is outside");
  });

  it("A volume of type emptyDir has no files", async () => expect(await files({ emptyDir: {} })).toBeUndefined());
});
