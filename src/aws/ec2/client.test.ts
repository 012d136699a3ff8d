import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AwsAnswer, awsServer, type AwsServer, ec2Error } from "../../../test/support/aws-server.ts";
import { connectAws } from "../aws.ts";
import type { Ec2 } from "./port.ts";

const { signal } = new AbortController();
let server: AwsServer | undefined;
let now = 0;

beforeEach(() => {
  now = Date.parse("2026-01-01T00:00:00Z");
  for (const name of ["AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "an-example");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
  server = undefined;
});

/** Connects to an EC2 that answers each call. */
async function ec2With(
  answer: (call: URLSearchParams, count: number) => AwsAnswer,
): Promise<{ ec2: Ec2; calls: AwsServer["calls"] }> {
  await server?.close();
  let count = 0;
  server = await awsServer((call) => answer(call, ++count));
  vi.stubEnv("AWS_ENDPOINT_URL", server.url);
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const settings = { env: {}, requestTimeoutMs: 5_000, clock, random: () => 0, emit: () => undefined };
  const aws = connectAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" }, settings);
  return { ec2: await aws.service("ec2"), calls: server.calls };
}

function answered(action: string, body = "<return>true</return>"): AwsAnswer {
  return { status: 200, body: `<${action}Response>${body}</${action}Response>` };
}

describe("a new NAT gateway", () => {
  const made = answered("CreateNatGateway", "<natGateway><natGatewayId>nat-1</natGatewayId></natGateway>");
  const zonal = { mode: "zonal", subnetId: "subnet-1", addressId: "eipalloc-1" } as const;

  it("A retry has the token of its first attempt, and the next call has another one", async () => {
    const { ec2, calls } = await ec2With((_call, count) =>
      count === 1 ? ec2Error(500, "InternalError", "again") : made,
    );
    for (let call = 0; call < 2; call++)
      expect(await ec2.createNatGateway(zonal, { Name: "nat" }, signal)).toBe("nat-1");
    const [first, retry, second] = calls.map((call) => call.get("ClientToken"));
    expect([first, retry, second]).toEqual([expect.stringMatching(/.{8}/), first, expect.stringMatching(/.{8}/)]);
    expect(second).not.toBe(first);
  });

  it("A zonal gateway is in a subnet with an address, a regional one in a VPC", async () => {
    const { ec2, calls } = await ec2With(() => made);
    await ec2.createNatGateway(zonal, {}, signal);
    await ec2.createNatGateway({ mode: "regional", vpcId: "vpc-1" }, {}, signal);
    const asked = (index: number): object =>
      Object.fromEntries([...(calls[index] ?? [])].filter(([key]) => /Id$|Mode$/.test(key)));
    expect(asked(0)).toEqual({ SubnetId: "subnet-1", AllocationId: "eipalloc-1" });
    expect(asked(1)).toEqual({ AvailabilityMode: "regional", VpcId: "vpc-1" });
  });
});

describe("what was just created", () => {
  it("A change of it is repeated while EC2 does not know it, even if the answer does not name it", async () => {
    const { ec2, calls } = await ec2With((call, count) => {
      if (call.get("Action") === "CreateVpc") return answered("CreateVpc", "<vpc><vpcId>vpc-1</vpcId></vpc>");
      return count < 4 ? ec2Error(400, "InvalidVpcID.NotFound", "not found") : answered("ModifyVpcAttribute");
    });
    await ec2.enableDnsHostnames(await ec2.createVpc("10.0.0.0/16", {}, signal), signal);
    expect(calls.map((call) => call.get("Action"))).toEqual(["CreateVpc", ...Array(3).fill("ModifyVpcAttribute")]);
    const other = ec2With(() => ec2Error(400, "InvalidVpcID.NotFound", "not found"));
    await expect((await other).ec2.enableDnsHostnames("vpc-2", signal)).rejects.toMatchObject({ code: "AWS_REJECTED" });
  });
});

describe("a peering connection", () => {
  const shown = (status: string): AwsAnswer =>
    answered(
      "DescribeVpcPeeringConnections",
      `<vpcPeeringConnectionSet><item><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId>
        <requesterVpcInfo><vpcId>vpc-1</vpcId><region>us-east-1</region><ownerId>111122223333</ownerId></requesterVpcInfo>
        <accepterVpcInfo><vpcId>vpc-2</vpcId><region>eu-west-1</region><ownerId>444455556666</ownerId></accepterVpcInfo>
        <status><code>${status}</code><message>AWS's own words</message></status>
        <tagSet><item><key>Name</key><value>peering</value></item></tagSet></item></vpcPeeringConnectionSet>`,
    );

  it("A connection has both sides, its status and its tags", async () => {
    const { ec2, calls } = await ec2With((_call, count) =>
      count === 1 ? shown("active") : answered("DescribeVpcPeeringConnections", "<vpcPeeringConnectionSet/>"),
    );
    expect(await ec2.peeringConnections("vpc-1", signal)).toEqual([
      {
        id: "pcx-1",
        status: "active",
        message: "AWS's own words",
        requester: { vpcId: "vpc-1", awsRegion: "us-east-1", accountId: "111122223333" },
        accepter: { vpcId: "vpc-2", awsRegion: "eu-west-1", accountId: "444455556666" },
        tags: { Name: "peering" },
      },
    ]);
    const filters = new Set(calls.map((call) => call.get("Filter.1.Name")));
    expect(filters).toEqual(new Set(["accepter-vpc-info.vpc-id", "requester-vpc-info.vpc-id"]));
  });

  it("A request names the AWS region and the account of the other VPC", async () => {
    const made = "<vpcPeeringConnection><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId></vpcPeeringConnection>";
    const { ec2, calls } = await ec2With(() => answered("CreateVpcPeeringConnection", made));
    const peer = { vpcId: "vpc-2", awsRegion: "us-east-1", accountId: "444455556666" };
    expect(await ec2.requestPeering("vpc-1", peer, { Name: "peering" }, signal)).toBe("pcx-1");
    expect(Object.fromEntries(calls[0] ?? [])).toMatchObject({
      VpcId: "vpc-1",
      PeerVpcId: "vpc-2",
      PeerRegion: "us-east-1",
      PeerOwnerId: "444455556666",
    });
  });

  it.each([
    ["InvalidVpcPeeringConnectionID.NotFound", "it does not exist"],
    ["InvalidStateTransition", "it is in the state initiating-request"],
  ])("A request that the other region does not know yet (%s) is accepted once it does", async (code, message) => {
    const { ec2, calls } = await ec2With((call, count) => {
      if (call.get("Action") !== "AcceptVpcPeeringConnection") return shown("initiating-request");
      return count < 4 ? ec2Error(400, code, message) : answered("AcceptVpcPeeringConnection", "");
    });
    await ec2.acceptPeering("pcx-1", signal);
    expect(calls.filter((call) => call.get("Action") === "AcceptVpcPeeringConnection").length).toBeGreaterThan(1);
  });

  it.each<readonly [status: string, change: (ec2: Ec2) => Promise<void>]>([
    ["active", (ec2) => ec2.acceptPeering("pcx-1", signal)],
    ["deleting", (ec2) => ec2.deletePeering("pcx-1", signal)],
  ])("A call whose answer was lost is done if the connection is %s", async (status, change) => {
    const refused = ec2Error(400, "InvalidStateTransition", "it is in another state");
    const answer = (call: URLSearchParams): AwsAnswer =>
      call.get("Action") === "DescribeVpcPeeringConnections" ? shown(status) : refused;
    await expect(change((await ec2With(answer)).ec2)).resolves.toBeUndefined();
  });

  it("A request that has expired cannot be accepted", async () => {
    const { ec2 } = await ec2With((call) =>
      call.get("Action") === "DescribeVpcPeeringConnections"
        ? shown("expired")
        : ec2Error(400, "InvalidStateTransition", "it is in the state expired"),
    );
    await expect(ec2.acceptPeering("pcx-1", signal)).rejects.toMatchObject({ code: "AWS_REJECTED" });
  });
});

describe("a deletion", () => {
  const deletions: readonly (readonly [absent: string, remove: (ec2: Ec2) => Promise<void>])[] = [
    ["InvalidVpcID.NotFound", (ec2) => ec2.deleteVpc("vpc-1", signal)],
    ["InvalidInternetGatewayID.NotFound", (ec2) => ec2.deleteInternetGateway("igw-1", signal)],
    ["Gateway.NotAttached", (ec2) => ec2.detachInternetGateway("igw-1", "vpc-1", signal)],
    ["InvalidSubnetID.NotFound", (ec2) => ec2.deleteSubnet("subnet-1", signal)],
    ["InvalidAllocationID.NotFound", (ec2) => ec2.releaseAddress("eipalloc-1", signal)],
    ["NatGatewayNotFound", (ec2) => ec2.deleteNatGateway("nat-1", signal)],
    ["InvalidRoute.NotFound", (ec2) => ec2.removeRoute("rtb-1", "0.0.0.0/0", signal)],
    ["InvalidAssociationID.NotFound", (ec2) => ec2.removeAssociation("rtbassoc-1", signal)],
    ["InvalidRouteTableID.NotFound", (ec2) => ec2.deleteRouteTable("rtb-1", signal)],
    ["InvalidVpcPeeringConnectionID.NotFound", (ec2) => ec2.deletePeering("pcx-1", signal)],
    ["InvalidGroup.NotFound", (ec2) => ec2.deleteSecurityGroup("sg-1", signal)],
    ["InvalidNetworkInterfaceID.NotFound", (ec2) => ec2.deleteNetworkInterface("eni-1", signal)],
  ];

  it.each(deletions)("What does not exist (%s) counts as deleted", async (absent, remove) => {
    const { ec2, calls } = await ec2With(() => ec2Error(400, absent, "it does not exist"));
    await expect(remove(ec2)).resolves.toBeUndefined();
    expect(calls).toHaveLength(1);
  });

  it.each(["DependencyViolation", "InvalidIPAddress.InUse"])(
    "What is still in use (%s) is deleted once it is free",
    async (code) => {
      const { ec2, calls } = await ec2With((_call, count) =>
        count < 4 ? ec2Error(400, code, "it is in use") : answered("ReleaseAddress"),
      );
      await ec2.releaseAddress("eipalloc-1", signal);
      expect(calls).toHaveLength(4);
    },
  );

  it("What stays in use for ten minutes is reported with AWS's reason", async () => {
    const { ec2 } = await ec2With(() => ec2Error(400, "DependencyViolation", "The subnet 'subnet-1' has dependencies"));
    const begun = now;
    const message = expect.stringContaining("The subnet 'subnet-1' has dependencies") as string;
    await expect(ec2.deleteSubnet("subnet-1", signal)).rejects.toMatchObject({ code: "AWS_REJECTED", message });
    expect(now - begun).toBe(10 * 60_000);
  });

  it("An endpoint that EC2 did not delete is an error, although the call succeeded", async () => {
    const unsuccessful = (code: string): AwsAnswer =>
      answered(
        "DeleteVpcEndpoints",
        `<unsuccessful><item><resourceId>vpce-1</resourceId><error><code>${code}</code><message>no</message></error></item></unsuccessful>`,
      );
    const { ec2 } = await ec2With((_call, count) =>
      unsuccessful(count === 1 ? "InvalidVpcEndpointId.NotFound" : "OperationNotPermitted"),
    );
    await expect(ec2.deleteVpcEndpoint("vpce-1", signal)).resolves.toBeUndefined();
    await expect(ec2.deleteVpcEndpoint("vpce-1", signal)).rejects.toMatchObject({ code: "AWS_REJECTED" });
  });
});

describe("what EC2 lists", () => {
  it("A route table has its default route, whether that is a blackhole, and its subnets", async () => {
    const table = `<item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId>
      <routeSet>
        <item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state></item>
        <item><destinationCidrBlock>10.1.0.0/16</destinationCidrBlock><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId><state>active</state></item>
        <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-1</natGatewayId><state>blackhole</state></item>
      </routeSet>
      <associationSet><item><routeTableAssociationId>rtbassoc-1</routeTableAssociationId><subnetId>subnet-1</subnetId><main>false</main></item></associationSet>
      <tagSet><item><key>Name</key><value>routes</value></item></tagSet></item>`;
    const { ec2 } = await ec2With(() => answered("DescribeRouteTables", `<routeTableSet>${table}</routeTableSet>`));
    expect(await ec2.routeTables({ vpcId: "vpc-1" }, signal)).toEqual([
      {
        id: "rtb-1",
        vpcId: "vpc-1",
        defaultRoute: "nat-1",
        isBlackhole: true,
        peeringRoutes: [{ range: "10.1.0.0/16", connectionId: "pcx-1", isBlackhole: false }],
        isMain: false,
        associations: [{ id: "rtbassoc-1", subnetId: "subnet-1" }],
        tags: { Name: "routes" },
      },
    ]);
  });

  it("The services of endpoints are read from every page", async () => {
    const page = (name: string, next: string): AwsAnswer =>
      answered("DescribeVpcEndpointServices", `<serviceNameSet><item>${name}</item></serviceNameSet>${next}`);
    const { ec2 } = await ec2With((call) =>
      call.get("NextToken") === null ? page("a", "<nextToken>more</nextToken>") : page("b", ""),
    );
    expect(await ec2.endpointServices("interface", signal)).toEqual(["a", "b"]);
  });
});
