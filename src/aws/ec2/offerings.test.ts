import { describe, expect, it } from "vitest";
import { adapterTrial } from "../../../test/support/adapter-trial.ts";
import { type AwsAnswer, ec2Error } from "../../../test/support/aws-server.ts";
import type { Ec2 } from "./port.ts";

const { signal } = new AbortController();
const trial = adapterTrial();

async function ec2(answer: (call: URLSearchParams) => AwsAnswer): Promise<Ec2> {
  return (await trial.query(answer)).service("ec2");
}

const ok = (action: string, items: string, rest = ""): AwsAnswer => ({
  status: 200,
  body: `<${action}Response>${items}${rest}</${action}Response>`,
});

describe("a dry run", () => {
  it("A dry run that EC2 would have made is allowed, and changes nothing", async () => {
    const port = await ec2(() => ec2Error(412, "DryRunOperation", "Request would have succeeded"));
    expect(await port.isAllowed("CreateVpc", signal)).toBe(true);
    expect(trial.calls.map((call) => [call.get("Action"), call.get("DryRun")])).toEqual([["CreateVpc", "true"]]);
  });

  it("A dry run that EC2 denies is not allowed", async () => {
    const port = await ec2(() => ec2Error(403, "UnauthorizedOperation", "You are not authorized"));
    expect(await port.isAllowed("AllocateAddress", signal)).toBe(false);
  });

  it("A dry run that is refused for another reason is an error", async () => {
    const port = await ec2(() => ec2Error(401, "AuthFailure", "not able to validate the provided access credentials"));
    await expect(port.isAllowed("CreateInternetGateway", signal)).rejects.toMatchObject({
      code: "AWS_CREDENTIALS_WRONG",
    });
  });
});

it("The zones that offer an instance type are asked for by id, on all pages", async () => {
  const set = (zone: string, next = ""): AwsAnswer =>
    ok(
      "DescribeInstanceTypeOfferings",
      `<instanceTypeOfferingSet><item><location>${zone}</location></item></instanceTypeOfferingSet>`,
      next,
    );
  const port = await ec2((call) =>
    call.get("NextToken") === null ? set("euw1-az3", "<nextToken>2</nextToken>") : set("euw1-az1"),
  );
  expect(await port.zonesOffering("m7i.large", signal)).toEqual(["euw1-az1", "euw1-az3"]);
  expect(trial.calls[0]?.get("LocationType")).toBe("availability-zone-id");
  expect(trial.calls[0]?.get("Filter.1.Value.1")).toBe("m7i.large");
});

it("A VPC has all the ranges that are associated with it", async () => {
  const association = (range: string, state: string): string =>
    `<item><cidrBlock>${range}</cidrBlock><cidrBlockState><state>${state}</state></cidrBlockState></item>`;
  const sets = association("10.0.0.0/16", "associated") + association("10.9.0.0/16", "associated");
  const gone = association("10.8.0.0/16", "disassociated");
  const vpc = `<item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock><cidrBlockAssociationSet>${sets}${gone}</cidrBlockAssociationSet></item>`;
  const port = await ec2(() => ok("DescribeVpcs", `<vpcSet>${vpc}</vpcSet>`));
  expect(await port.vpcRanges(signal)).toEqual([{ id: "vpc-1", ranges: ["10.0.0.0/16", "10.9.0.0/16"], tags: {} }]);
});

it("The vCPUs of a type that is not offered are 0", async () => {
  const type = "<item><instanceType>m7i.large</instanceType><vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo></item>";
  const port = await ec2((call) =>
    ok(
      "DescribeInstanceTypes",
      `<instanceTypeSet>${call.get("Filter.1.Value.1") === "m7i.large" ? type : ""}</instanceTypeSet>`,
    ),
  );
  expect([await port.vcpus("m7i.large", signal), await port.vcpus("m9x.large", signal)]).toEqual([2, 0]);
});
