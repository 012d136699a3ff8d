import { expect, it } from "vitest";
import { adapterTrial } from "../../../test/support/adapter-trial.ts";

const { signal } = new AbortController();
const trial = adapterTrial();

it("A subnet has the free addresses that EC2 counts, and its tags", async () => {
  const tag = "<tagSet><item><key>Name</key><value>acme-eu-private-1</value></item></tagSet>";
  const subnet = `<item><subnetId>subnet-1</subnetId><availableIpAddressCount>11</availableIpAddressCount>${tag}</item>`;
  const body = `<DescribeSubnetsResponse><subnetSet>${subnet}</subnetSet></DescribeSubnetsResponse>`;
  const port = await (await trial.query(() => ({ status: 200, body }))).service("ec2");
  expect(await port.subnets({ tags: { owner: "us" } }, signal)).toMatchObject([
    { id: "subnet-1", tags: { Name: "acme-eu-private-1" }, free: 11 },
  ]);
  expect(trial.calls[0]?.get("Filter.1.Name")).toBe("tag:owner");
});
