import { expect, it } from "vitest";
import { adapterTrial } from "../../../test/support/adapter-trial.ts";
import type { AwsAnswer, JsonCall } from "../../../test/support/aws-server.ts";
import type { Quotas } from "./port.ts";

const { signal } = new AbortController();
const trial = adapterTrial();

async function port(answer: (call: JsonCall) => AwsAnswer): Promise<Quotas> {
  return (await trial.json(answer)).service("quotas");
}

const quota = (value: number): AwsAnswer => ({
  status: 200,
  body: JSON.stringify({ Quota: { QuotaName: "VPCs per Region", Value: value } }),
});
const noSuch: AwsAnswer = { status: 400, body: JSON.stringify({ __type: "NoSuchResourceException", message: "none" }) };

it("The applied quota counts, without asking for the default", async () => {
  const asked: JsonCall[] = [];
  const quotas = await port((call) => (asked.push(call), quota(7)));
  expect(await quotas.quota("vpc", "L-F678F1CE", signal)).toEqual({ name: "VPCs per Region", value: 7 });
  expect(asked).toEqual([{ action: "GetServiceQuota", input: { ServiceCode: "vpc", QuotaCode: "L-F678F1CE" } }]);
});

it("A quota without an applied value has AWS's default", async () => {
  const answer = ({ action }: JsonCall): AwsAnswer => (action === "GetServiceQuota" ? noSuch : quota(5));
  const quotas = await port(answer);
  expect(await quotas.quota("vpc", "L-F678F1CE", signal)).toEqual({ name: "VPCs per Region", value: 5 });
});

it("A quota that AWS does not know is undefined, and one that may not be read is denied", async () => {
  const quotas = await port(() => noSuch);
  expect(await quotas.quota("vpc", "L-00000000", signal)).toBeUndefined();
  const denied: AwsAnswer = { status: 400, body: JSON.stringify({ __type: "AccessDeniedException", message: "no" }) };
  const other = await port(() => denied);
  await expect(other.quota("vpc", "L-F678F1CE", signal)).rejects.toMatchObject({ code: "AWS_DENIED" });
});

it("NAT gateways are counted in the zone that has the most, without those that were deleted", async () => {
  const gateway = (subnet: string): string =>
    `<item><natGatewayId>nat-1</natGatewayId>${subnet === "" ? "" : `<subnetId>${subnet}</subnetId>`}</item>`;
  const subnet = (id: string, zone: string): string =>
    `<item><subnetId>${id}</subnetId><availabilityZoneId>${zone}</availabilityZoneId></item>`;
  const filters: unknown[] = [];
  const aws = await trial.query((call) => {
    if (call.get("Action") === "DescribeSubnets") {
      const subnets = subnet("subnet-1", "euw1-az1") + subnet("subnet-2", "euw1-az1") + subnet("subnet-3", "euw1-az2");
      return {
        status: 200,
        body: `<DescribeSubnetsResponse><subnetSet>${subnets}</subnetSet></DescribeSubnetsResponse>`,
      };
    }
    filters.push(call.get("Filter.1.Value.1"), call.get("Filter.1.Value.2"));
    // A regional gateway is in no subnet.
    const gateways = ["subnet-1", "subnet-2", "subnet-3", ""].map(gateway).join("");
    return {
      status: 200,
      body: `<DescribeNatGatewaysResponse><natGatewaySet>${gateways}</natGatewaySet></DescribeNatGatewaysResponse>`,
    };
  });
  expect(await (await aws.service("quotas")).used("nat-gateways-in-a-zone", "acme", signal)).toBe(2);
  expect(filters).toEqual(["pending", "available"]);
});

it("Active peering connections are those of the region's VPC that has the most", async () => {
  const side = (kind: string, vpc: string, region: string): string =>
    `<${kind}VpcInfo><vpcId>${vpc}</vpcId><region>${region}</region></${kind}VpcInfo>`;
  const connection = (vpc: string, other: string): string =>
    `<item>${side("requester", other, "us-east-1")}${side("accepter", vpc, "eu-west-1")}</item>`;
  const items = connection("vpc-1", "vpc-9") + connection("vpc-1", "vpc-9") + connection("vpc-2", "vpc-9");
  const body = `<DescribeVpcPeeringConnectionsResponse><vpcPeeringConnectionSet>${items}</vpcPeeringConnectionSet></DescribeVpcPeeringConnectionsResponse>`;
  const aws = await trial.query(() => ({ status: 200, body }));
  expect(await (await aws.service("quotas")).used("peerings-of-a-vpc", "acme", signal)).toBe(2);
});

it("Only on-demand instances of standard families count towards their quota of vCPUs, on all pages", async () => {
  const instance = (type: string, rest = ""): string =>
    `<item><instanceId>i-1</instanceId><instanceType>${type}</instanceType><cpuOptions><coreCount>2</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions>${rest}</item>`;
  const page = (instances: string, token = ""): AwsAnswer => ({
    status: 200,
    body: `<DescribeInstancesResponse><reservationSet><item><instancesSet>${instances}</instancesSet></item></reservationSet>${token}</DescribeInstancesResponse>`,
  });
  const spot = instance("m7i.large", "<instanceLifecycle>spot</instanceLifecycle>");
  const aws = await trial.query((call) =>
    call.get("NextToken") === null
      ? page(instance("m7i.xlarge") + instance("g5.xlarge"), "<nextToken>2</nextToken>")
      : page(instance("t4g.xlarge") + spot),
  );
  const quotas = await aws.service("quotas");
  expect(await quotas.used("standard-vcpus", "acme", signal)).toBe(8);
});
