import { expect, it } from "vitest";
import { adapterTrial } from "../../../test/support/adapter-trial.ts";
import type { NewCluster } from "./port.ts";

const { signal } = new AbortController();
const trial = adapterTrial();

it.each([
  ["UnsupportedAvailabilityZoneException", { offered: ["us-east-1a", "us-east-1c"] }],
  ["InvalidParameterException", {}],
])("A refused cluster has the zones that EKS offers only if its zones are the reason: %s", async (name, more) => {
  const body = { __type: name, message: "us-east-1e has no capacity", validZones: ["us-east-1a", "us-east-1c"] };
  const aws = await trial.query(() => ({ status: 400, body: JSON.stringify(body) }));
  const cluster = { name: "acme-eu", subnetIds: [], publicCidrs: [], logging: [], tags: {} } as unknown as NewCluster;
  const refused: unknown = await (
    await aws.service("eks")
  )
    .createCluster(cluster, signal)
    .catch((error: unknown) => error);
  const message = `AWS rejected EKS CreateCluster (${name}): us-east-1e has no capacity`;
  expect(refused).toMatchObject({ code: "AWS_REJECTED", message, ...more });
  expect(Object.keys(refused as object).includes("offered")).toBe("offered" in more);
});
