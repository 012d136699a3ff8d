import { expect, it } from "vitest";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import type { Image } from "./image.ts";
import { markingObjects } from "./marking.ts";

const image = (name: string): Image => ({ name, folder: "/a", entrypoint: ["run"], cmd: [], env: {} });

it("The marking policy matches the exact image, or every tag and digest of an image without one", () => {
  const [policy, binding] = markingObjects([image("orders"), image("host:5000/echo:1")]) as [KubeObject, KubeObject];
  const { matchConditions } = policy["spec"] as { matchConditions: readonly { expression: string }[] };
  const one = 'c.image in ["orders", "host:5000/echo:1"] || ["orders:", "orders@"].exists(p, c.image.startsWith(p))';
  expect(matchConditions.map(({ expression }) => expression)).toEqual([
    `object.spec.containers.exists(c, ${one}) || ` +
      `(has(object.spec.initContainers) && object.spec.initContainers.exists(c, ${one}))`,
  ]);
  expect(binding["spec"]).toMatchObject({ policyName: policy.metadata.name });
});

it("Pods of a sole tag's repository are real whatever their tag, and gateways before they are injected", () => {
  const proxy: Image = { ...image("proxy:1"), soleTag: true, injected: true };
  const [policy] = markingObjects([{ ...image("pilot:1"), soleTag: true }, proxy]) as [KubeObject];
  const { matchConditions } = policy["spec"] as { matchConditions: readonly { expression: string }[] };
  const one = 'c.image in ["auto"] || ["pilot:", "pilot@"].exists(p, c.image.startsWith(p))';
  expect(matchConditions[0]?.expression).toContain(`object.spec.containers.exists(c, ${one})`);
});
