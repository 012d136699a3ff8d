import { describe, expect, it } from "vitest";
import { container, trialPod } from "../../../test/support/trial-pod.ts";
import { environmentOf, expand, type ReadEntries } from "./environment.ts";
import type { Container } from "./pod.ts";

const addresses = { podIP: "100.64.0.2", hostIP: "100.64.0.1" };
const store: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Secret/keys": { password: "s3cret" },
  "ConfigMap/settings": { COLOUR: "green", SIZE: "3" },
};
const read: ReadEntries = async (kind, name) => {
  const found = store[`${kind}/${name}`];
  return found === undefined
    ? undefined
    : Object.fromEntries(Object.entries(found).map(([key, value]) => [key, Buffer.from(value)]));
};
const of = (fields: Partial<Container>) => {
  const one = container("app", fields);
  return environmentOf(trialPod({ containers: [one] }), one, addresses, read);
};

describe("environmentOf", () => {
  it("Variables of a container come from the pod, Secrets and ConfigMaps, and later ones override earlier ones", async () => {
    expect(
      await of({
        envFrom: [{ prefix: "THE_", configMapRef: { name: "settings" } }, { secretRef: { name: "keys" } }],
        env: [
          { name: "THE_SIZE", value: "4" },
          { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
          { name: "APP", valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: "KEY", valueFrom: { secretKeyRef: { name: "keys", key: "password" } } },
          { name: "URL", value: "http://$(IP)/$(KEY)$(NONE)" },
        ],
      }),
    ).toEqual({
      THE_COLOUR: "green",
      THE_SIZE: "4",
      password: "s3cret",
      IP: "100.64.0.2",
      APP: "web",
      KEY: "s3cret",
      URL: "http://100.64.0.2/s3cret$(NONE)",
    });
  });

  it("Variables with requests and limits are in the unit of their divisor, rounded up", async () => {
    const fieldRef = (resource: string, divisor?: string) => ({
      resourceFieldRef: { resource, ...(divisor === undefined ? {} : { divisor }) },
    });
    expect(
      await of({
        resources: { requests: { cpu: "250m" }, limits: { cpu: "1500m", memory: "64Mi" } },
        env: [
          { name: "CPU", valueFrom: fieldRef("limits.cpu") },
          { name: "MILLI", valueFrom: fieldRef("requests.cpu", "1m") },
          { name: "MIB", valueFrom: fieldRef("limits.memory", "1Mi") },
          { name: "ASKED", valueFrom: fieldRef("requests.memory") },
        ],
      }),
    ).toEqual({ CPU: "2", MILLI: "250", MIB: "64", ASKED: "67108864" });
  });

  it("A missing Secret, ConfigMap or key is named, unless it is optional", async () => {
    const key = (name: string, of: string, optional: boolean) => ({
      env: [{ name: "X", valueFrom: { secretKeyRef: { name, key: of, optional } } }],
    });
    await expect(of(key("none", "a", false))).rejects.toThrow('secret "none" not found');
    await expect(of(key("keys", "a", false))).rejects.toThrow("couldn't find key a in Secret keys");
    expect(await of(key("none", "a", true))).toEqual({});
    await expect(of({ envFrom: [{ configMapRef: { name: "none" } }] })).rejects.toThrow('configmap "none" not found');
  });
});

it("expand keeps escaped and unknown references", () => {
  expect(expand("$(A) $$(A) $(B) $A $$", { A: "1" })).toBe("1 $(A) $(B) $A $");
});
