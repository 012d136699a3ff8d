import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AwsAnswer, awsServer, type AwsServer, ec2Error, stsError } from "../../test/support/aws-server.ts";
import { answersInTurn } from "../../test/support/must-be-used.ts";
import type { Event } from "../core/event.ts";
import { connectAws } from "./aws.ts";
import type { NodegroupChange } from "./eks/port.ts";
import { trustOf } from "../core/iam-policy.ts";
import type { Aws } from "./port.ts";
import type { AwsTarget } from "./target.ts";

const target: AwsTarget = { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" };
const signal = new AbortController().signal;
const secret = "a-secret-that-no-one-may-see-0123456789";

let server: AwsServer | undefined;
let events: Event[];
let now: number;

beforeEach(() => {
  events = [];
  now = Date.parse("2026-01-01T00:00:00Z");
  for (const name of ["AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secret);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
  server = undefined;
});

async function serve(answer: (call: URLSearchParams) => AwsAnswer): Promise<AwsServer> {
  server = await awsServer(answer);
  vi.stubEnv("AWS_ENDPOINT_URL", server.url);
  return server;
}

function connect(about: Partial<AwsTarget> = {}, requestTimeoutMs = 5_000): Aws {
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const settings = {
    env: {},
    requestTimeoutMs,
    clock,
    random: () => 0,
    emit: (event: Event) => void events.push(event),
  };
  return connectAws({ ...target, ...about }, settings);
}

const identity = (account: string): AwsAnswer => ({
  status: 200,
  body: `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/ada</Arn><UserId>AIDA</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
});

describe("whose credentials they are", () => {
  it("The caller's identity is requested once", async () => {
    const { calls } = await serve(() => identity("111122223333"));
    const aws = connect();
    expect(await aws.verifyAccount(signal)).toEqual({
      accountId: "111122223333",
      arn: "arn:aws:iam::111122223333:user/ada",
    });
    await aws.identity(signal);
    expect(calls.map((call) => call.get("Action"))).toEqual(["GetCallerIdentity"]);
  });

  it("Credentials for another account are refused with both accounts in the message", async () => {
    await serve(() => identity("999988887777"));
    await expect(connect().verifyAccount(signal)).rejects.toMatchObject({
      code: "AWS_ACCOUNT_MISMATCH",
      exit: 4,
      message: expect.stringMatching(/111122223333.*999988887777/),
    });
  });
});

describe("a resource that was just created", () => {
  const vpc = "<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId><state>pending</state></vpc></CreateVpcResponse>";
  const done = "<ModifyVpcAttributeResponse><return>true</return></ModifyVpcAttributeResponse>";
  const unknown = (id: string): AwsAnswer =>
    ec2Error(400, "InvalidVpcID.NotFound", `The vpc ID '${id}' does not exist`);

  it("A resource that was just created exists, although AWS does not know it yet", async () => {
    let behind = 2;
    const { calls } = await serve((call) => {
      if (call.get("Action") === "CreateVpc") return { status: 200, body: vpc };
      return behind-- > 0 ? unknown("vpc-1") : { status: 200, body: done };
    });
    const ec2 = await connect().service("ec2");
    const id = await ec2.createVpc("10.0.0.0/16", {}, signal);
    await ec2.enableDnsHostnames(id, signal);
    expect(calls.map((call) => call.get("Action"))).toEqual(["CreateVpc", ...Array(3).fill("ModifyVpcAttribute")]);
  });

  it("A resource counts as just created for two minutes; then AWS's answer counts", async () => {
    await serve((call) => (call.get("Action") === "CreateVpc" ? { status: 200, body: vpc } : unknown("vpc-1")));
    const ec2 = await connect().service("ec2");
    const id = await ec2.createVpc("10.0.0.0/16", {}, signal);
    await expect(ec2.enableDnsHostnames(id, signal)).rejects.toMatchObject({ code: "AWS_REJECTED" });
  });

  it("A resource that another process created does not count as just created", async () => {
    const { calls } = await serve(() => unknown("vpc-9"));
    const ec2 = await connect().service("ec2");
    await expect(ec2.enableDnsHostnames("vpc-9", signal)).rejects.toMatchObject({ code: "AWS_REJECTED" });
    expect(calls).toHaveLength(1);
  });
});

describe("a list of several pages", () => {
  it("A list of several pages is read completely", async () => {
    const page = (id: string, next = ""): AwsAnswer => ({
      status: 200,
      body: `<DescribeSubnetsResponse><subnetSet><item><subnetId>${id}</subnetId></item></subnetSet>${next}</DescribeSubnetsResponse>`,
    });
    await serve((call) =>
      call.get("NextToken") === null ? page("subnet-1", "<nextToken>more</nextToken>") : page("subnet-2"),
    );
    const found = await (await connect().service("ec2")).subnets({ tags: { a: "b" } }, signal);
    expect(found.map(({ id }) => id)).toEqual(["subnet-1", "subnet-2"]);
  });
});

describe("errors", () => {
  it.each([
    ["ExpiredToken", 403, "AWS_CREDENTIALS_EXPIRED", 4],
    ["InvalidClientTokenId", 403, "AWS_CREDENTIALS_WRONG", 4],
    ["SignatureDoesNotMatch", 403, "AWS_CREDENTIALS_WRONG", 4],
    ["AccessDenied", 403, "AWS_DENIED", 4],
    ["ValidationError", 400, "AWS_REJECTED", 3],
  ])("%s is %s %s, exit %s", async (code, status, ours, exit) => {
    await serve(() => stsError(status, code, "the service's own words"));
    const failure = await connect()
      .identity(signal)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: ours, exit });
    expect(JSON.stringify([failure, String(failure)])).not.toContain(secret);
  });

  it("A denied call is named with AWS's reason", async () => {
    await serve(() => stsError(403, "AccessDenied", "no identity-based policy allows it"));
    await expect(connect().identity(signal)).rejects.toThrow(
      /AWS denied STS GetCallerIdentity for .*: no identity-based policy/,
    );
  });

  it("Missing credentials are reported", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", undefined);
    await expect(connect().identity(signal)).rejects.toMatchObject({ code: "AWS_CREDENTIALS_MISSING", exit: 4 });
  });

  it("AWS is unreachable if nothing listens", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => free.once("listening", resolve));
    vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(free.address() as AddressInfo).port}`);
    await new Promise((resolve) => free.close(resolve));
    await expect(connect().identity(signal)).rejects.toMatchObject({ code: "AWS_UNREACHABLE", exit: 5 });
  });

  it("A network error is not retried after the request time-out", async () => {
    const { calls } = await serve(() => {
      now += 10_000;
      return "drop";
    });
    await expect(connect({}, 15_000).identity(signal)).rejects.toMatchObject({ code: "AWS_UNREACHABLE" });
    expect(calls).toHaveLength(2);
  });

  it("An aborted call throws the reason of the abort", async () => {
    await serve(() => identity("111122223333"));
    const reason = new Error("Ctrl-C");
    await expect(connect().identity(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe("throttled calls", () => {
  it("Throttled calls are retried, and each retry is reported with the call and the attempt", async () => {
    let left = 2;
    const { calls } = await serve(() =>
      left-- > 0 ? stsError(400, "Throttling", "Rate exceeded") : identity("111122223333"),
    );
    await connect().identity(signal);
    expect(calls).toHaveLength(3);
    expect(events.map((event) => (event.type === "note" ? [event.level, event.text] : event))).toEqual([
      ["debug", "STS GetCallerIdentity: Throttling; retrying in 0ms (attempt 2 of 6)"],
      ["debug", "STS GetCallerIdentity: Throttling; retrying in 0ms (attempt 3 of 6)"],
    ]);
  });

  it("Throttled calls end as throttled after the last attempt", async () => {
    await serve(() => stsError(400, "Throttling", "Rate exceeded"));
    await expect(connect().identity(signal)).rejects.toMatchObject({ code: "AWS_THROTTLED", exit: 5 });
  });
});

describe("create calls without an idempotency token", () => {
  const tags = { Name: "acme-eu-vpc" };
  const vpcs = (...ids: string[]): AwsAnswer => ({
    status: 200,
    body: `<DescribeVpcsResponse><vpcSet>${ids.map((id) => `<item><vpcId>${id}</vpcId><cidrBlock>10.0.0.0/16</cidrBlock><state>available</state></item>`).join("")}</vpcSet></DescribeVpcsResponse>`,
  });
  const made: AwsAnswer = {
    status: 200,
    body: "<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>",
  };
  const attribute: AwsAnswer = {
    status: 200,
    body: "<DescribeVpcAttributeResponse><enableDnsHostnames><value>false</value></enableDnsHostnames></DescribeVpcAttributeResponse>",
  };

  /** An EC2 that does with each CreateVpc in turn what `creates` says, and lists what was made. */
  async function ec2(
    creates: (() => AwsAnswer)[],
    listed: () => AwsAnswer,
  ): Promise<{ creates: () => URLSearchParams[] }> {
    const next = answersInTurn("answers to CreateVpc", creates, () => () => made);
    const { calls } = await serve((call) => {
      if (call.get("Action") === "CreateVpc") return next()();
      return call.get("Action") === "DescribeVpcs" ? listed() : attribute;
    });
    return { creates: () => calls.filter((call) => call.get("Action") === "CreateVpc") };
  }

  it("Create calls contain their tags", async () => {
    const { creates } = await ec2([], () => vpcs());
    expect(await (await connect().service("ec2")).createVpc("10.0.0.0/16", tags, signal)).toBe("vpc-1");
    expect(creates()[0]?.get("TagSpecification.1.Tag.1.Value")).toBe("acme-eu-vpc");
  });

  it("A create call that took effect is not repeated if its response was lost", async () => {
    const { creates } = await ec2([() => "drop"], () => vpcs("vpc-7"));
    expect(await (await connect().service("ec2")).createVpc("10.0.0.0/16", tags, signal)).toBe("vpc-7");
    expect(creates()).toHaveLength(1);
    const text = "EC2 CreateVpc: the response was lost; checking whether the call took effect";
    expect(events).toEqual([{ type: "note", level: "debug", text }]);
  });

  it("A created resource is found although EC2 shows it late", async () => {
    const listed = answersInTurn("answers to DescribeVpcs", [vpcs(), vpcs(), vpcs("vpc-7")]);
    const { creates } = await ec2([() => "drop"], listed);
    expect(await (await connect().service("ec2")).createVpc("10.0.0.0/16", tags, signal)).toBe("vpc-7");
    expect(creates()).toHaveLength(1);
  });

  it("A create call that had no effect is repeated", async () => {
    const { creates } = await ec2([() => ec2Error(500, "InternalError", "an internal error")], () => vpcs());
    expect(await (await connect().service("ec2")).createVpc("10.0.0.0/16", tags, signal)).toBe("vpc-1");
    expect(creates()).toHaveLength(2);
  });

  it("A throttled create call is repeated, because it had no effect", async () => {
    const throttle = (): AwsAnswer => ec2Error(503, "RequestLimitExceeded", "Request limit exceeded.");
    const { creates } = await ec2([throttle, throttle], () => vpcs());
    expect(await (await connect().service("ec2")).createVpc("10.0.0.0/16", tags, signal)).toBe("vpc-1");
    expect(creates()).toHaveLength(3);
  });

  it("A create call that AWS rejects is not repeated", async () => {
    const { creates } = await ec2([() => ec2Error(400, "VpcLimitExceeded", "The maximum number of VPCs")], () =>
      vpcs(),
    );
    const failed = (await connect().service("ec2")).createVpc("10.0.0.0/16", tags, signal);
    await expect(failed).rejects.toMatchObject({
      code: "AWS_REJECTED",
      message: expect.stringContaining("maximum number"),
    });
    expect(creates()).toHaveLength(1);
  });
});

describe("what AWS rejects because something already exists", () => {
  /** An EC2 or IAM that answers each action of the table, and rejects `action` with `code`. */
  async function refusing(action: string, code: string, others: Readonly<Record<string, string>>) {
    const { calls } = await serve((call) => {
      const asked = call.get("Action") ?? "";
      if (asked === action) return (asked === "CreateRole" ? stsError : ec2Error)(400, code, "it is there already");
      return { status: 200, body: others[asked] ?? `<${asked}Response><return>true</return></${asked}Response>` };
    });
    return () => calls.map((call) => call.get("Action"));
  }

  const tables = (subnet: string): string =>
    `<DescribeRouteTablesResponse><routeTableSet><item><routeTableId>rtb-1</routeTableId><associationSet><item><subnetId>${subnet}</subnetId></item></associationSet></item></routeTableSet></DescribeRouteTablesResponse>`;
  const gateways = (vpc: string): string =>
    `<DescribeInternetGatewaysResponse><internetGatewaySet><item><internetGatewayId>igw-1</internetGatewayId><attachmentSet><item><vpcId>${vpc}</vpcId></item></attachmentSet></item></internetGatewaySet></DescribeInternetGatewaysResponse>`;
  const role = (team: string): string =>
    `<GetRoleResponse><GetRoleResult><Role><Arn>arn:aws:iam::111122223333:role/a</Arn><Tags><member><Key>team</Key><Value>${team}</Value></member></Tags></Role></GetRoleResult></GetRoleResponse>`;

  it("Associating a subnet succeeds if this route table already has it, and fails if another one has it", async () => {
    const associated = "Resource.AlreadyAssociated";
    await refusing("AssociateRouteTable", associated, { DescribeRouteTables: tables("subnet-1") });
    const ec2 = await connect().service("ec2");
    await expect(ec2.associateRouteTable("rtb-1", "subnet-1", signal)).resolves.toBeUndefined();
    const rejected = { code: "AWS_REJECTED", message: expect.stringContaining(associated) };
    await expect(ec2.associateRouteTable("rtb-1", "subnet-2", signal)).rejects.toMatchObject(rejected);
  });

  it("Attaching an internet gateway succeeds if this VPC already has it, and fails if another one has it", async () => {
    const associated = "Resource.AlreadyAssociated";
    await refusing("AttachInternetGateway", associated, { DescribeInternetGateways: gateways("vpc-1") });
    const ec2 = await connect().service("ec2");
    await expect(ec2.attachInternetGateway("igw-1", "vpc-1", signal)).resolves.toBeUndefined();
    const rejected = { code: "AWS_REJECTED", message: expect.stringContaining(associated) };
    await expect(ec2.attachInternetGateway("igw-1", "vpc-2", signal)).rejects.toMatchObject(rejected);
  });

  it("An existing default route is replaced, because its gateway may have been deleted", async () => {
    const actions = await refusing("CreateRoute", "RouteAlreadyExists", {});
    const ec2 = await connect().service("ec2");
    await expect(ec2.setRoute("rtb-1", "0.0.0.0/0", "nat-2", signal)).resolves.toBeUndefined();
    expect(actions()).toEqual(["CreateRoute", "ReplaceRoute"]);
  });

  it("Creating a role succeeds if a role with these tags already exists, and fails if it lacks them", async () => {
    await refusing("CreateRole", "EntityAlreadyExists", { GetRole: role("shop") });
    const iam = await connect().service("iam");
    const trust = trustOf("eks.amazonaws.com", ["sts:AssumeRole"]);
    const created = iam.createRole({ name: "a", path: "/", trust, tags: { team: "shop" } }, signal);
    await expect(created).resolves.toBe("arn:aws:iam::111122223333:role/a");
    const foreign = iam.createRole({ name: "a", path: "/", trust, tags: { team: "other" } }, signal);
    await expect(foreign).rejects.toMatchObject({ code: "AWS_REJECTED" });
  });
});

describe("an update of EKS during another one", () => {
  const busy: AwsAnswer = {
    status: 409,
    body: JSON.stringify({ __type: "ResourceInUseException", message: "default currently has an update in progress" }),
  };
  const apiLogs = { change: "logging", types: ["api"] } as const;
  const scaled: NodegroupChange = {
    scaling: { min: 1, desired: 2, max: 3 },
    labels: { set: {}, removed: [] },
    taints: { set: [], removed: [] },
    repair: true,
  };
  it("An update of EKS is retried until another one is done", async () => {
    const next = answersInTurn("answers of EKS", [busy, busy, { status: 200, body: "{}" }]);
    await serve(next);
    const begun = now;
    const eks = await connect().service("eks");
    await expect(eks.updateNodegroup("acme", "default", scaled, signal)).resolves.toBeUndefined();
    expect(now - begun).toBe(30_000);
    const text = "EKS is still performing another update; retrying in 15 s";
    expect(events).toEqual([1, 2].map(() => ({ type: "note", level: "debug", text })));
  });

  it("An update of EKS fails with the message of AWS if another one takes longer than a quarter of an hour", async () => {
    await serve(() => busy);
    const begun = now;
    const logging = (await connect().service("eks")).updateCluster("acme", apiLogs, signal);
    const message = expect.stringContaining("has an update in progress") as string;
    await expect(logging).rejects.toMatchObject({ code: "AWS_REJECTED", message });
    expect(now - begun).toBe(15 * 60_000);
  });
});

describe("an update of EKS", () => {
  const began = { id: "u1", type: "LoggingUpdate", status: "InProgress" };
  const answers = (...statuses: readonly object[]): readonly AwsAnswer[] =>
    [began, ...statuses.map((status) => ({ ...began, ...status }))].map((update) => ({
      status: 200,
      body: JSON.stringify({ update }),
    }));

  it("An update of EKS is waited for until it has ended", async () => {
    await serve(answersInTurn("answers of EKS", answers({}, {}, { status: "Successful" })));
    const eks = await connect().service("eks");
    const logs = { change: "logging", types: ["api"] } as const;
    await expect(eks.updateCluster("acme", logs, signal)).resolves.toBeUndefined();
  });

  it("An update of EKS that fails is reported with EKS's own errors", async () => {
    const errors = [{ errorCode: "SubnetNotFound", errorMessage: "subnet-1 is gone" }];
    await serve(answersInTurn("answers of EKS", answers({ status: "Failed", errors })));
    const eks = await connect().service("eks");
    const updated = eks.updateCluster("acme", { change: "subnets", ids: ["subnet-1"] }, signal);
    const message = expect.stringContaining("as Failed: SubnetNotFound: subnet-1 is gone") as string;
    await expect(updated).rejects.toMatchObject({ code: "STEP_FAILED", exit: 3, message });
  });
});

describe("EKS tokens", () => {
  const read = (token: string): URL => {
    expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
    return new URL(Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString());
  };

  it("An EKS token is a presigned GetCallerIdentity of the region's STS, with the cluster's name signed", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL", undefined);
    const url = read(await connect().eksToken("acme", signal));
    expect(url.origin).toBe("https://sts.eu-west-1.amazonaws.com");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: "GetCallerIdentity",
      Version: "2011-06-15",
      "X-Amz-Expires": "60",
      "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
      "X-Amz-Credential": "AKIDEXAMPLE/20260101/eu-west-1/sts/aws4_request",
    });
  });

  it("EKS tokens differ by cluster, and are renewed after 14 minutes", async () => {
    const aws = connect();
    const first = await aws.eksToken("acme", signal);
    expect(await aws.eksToken("other", signal)).not.toBe(first);
    now += 14 * 60_000 - 1;
    expect(await aws.eksToken("acme", signal)).toBe(first);
    now += 1;
    expect(await aws.eksToken("acme", signal)).not.toBe(first);
  });

  it("EKS tokens are signed for the endpoint in AWS_ENDPOINT_URL, without a call", async () => {
    const { url, calls } = await serve(() => "drop");
    expect(read(await connect().eksToken("acme", signal)).origin).toBe(url);
    expect(calls).toEqual([]);
  });

  it("EKS tokens need credentials, like any call", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", undefined);
    const token = connect().eksToken("acme", signal);
    await expect(token).rejects.toMatchObject({ code: "AWS_CREDENTIALS_MISSING" });
  });
});
