import { afterEach, beforeEach, vi } from "vitest";
import { connectAws } from "../../src/aws/aws.ts";
import type { Aws } from "../../src/aws/port.ts";
import { type AwsAnswer, awsJsonServer, awsServer, type AwsServer, type JsonCall } from "./aws-server.ts";

export interface AdapterTrial {
  /** AWS behind a server that answers the query protocol: RDS, ElastiCache, EC2. */
  query(answer: (call: URLSearchParams) => AwsAnswer): Promise<Aws>;
  /** AWS behind a server that answers the JSON protocol: Secrets Manager, ECR, ACM. */
  json(answer: (call: JsonCall) => AwsAnswer): Promise<Aws>;
  /** The calls of the server that was started last. */
  readonly calls: AwsServer["calls"];
}

/** Connects real adapters to a server on loopback, for each test of a file. */
export function adapterTrial(): AdapterTrial {
  let server: AwsServer | undefined;
  beforeEach(() => {
    for (const name of ["AWS_PROFILE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"])
      vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "x");
  });
  const end = async (): Promise<void> => {
    await server?.close();
    server = undefined;
  };
  afterEach(async () => {
    vi.unstubAllEnvs();
    await end();
  });
  const connect = async (started: AwsServer): Promise<Aws> => {
    await end();
    server = started;
    vi.stubEnv("AWS_ENDPOINT_URL", started.url);
    const clock = { now: () => 0, sleep: async () => undefined };
    const settings = { env: {}, requestTimeoutMs: 5_000, clock, random: () => 0, emit: () => undefined };
    return connectAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" }, settings);
  };
  return {
    query: async (answer) => connect(await awsServer(answer)),
    json: async (answer) => connect(await awsJsonServer(answer)),
    get calls() {
      return server?.calls ?? [];
    },
  };
}

export function jsonAnswer(body: object): AwsAnswer {
  return { status: 200, body: JSON.stringify(body) };
}

export function jsonError(name: string, message = "AWS's own words"): AwsAnswer {
  return { status: 400, body: JSON.stringify({ __type: name, message }) };
}

/** An answer of the query protocol: `<DescribeDBInstancesResponse><DescribeDBInstancesResult>…`. */
export function queryAnswer(action: string, result: string): AwsAnswer {
  return { status: 200, body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>` };
}

export function queryError(code: string, message: string, status = 400): AwsAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>` };
}
