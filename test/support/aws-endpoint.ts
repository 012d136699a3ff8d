import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { freePorts } from "../../sandbox/src/processes/ports.ts";
import { processTable } from "../../sandbox/src/processes/process-table.ts";
import { repository } from "./cli.ts";
import { serverPrograms } from "./server-programs.ts";
import { pythonTools } from "./uv.ts";

/** The sandbox's AWS endpoint in its own process, without the rest of a sandbox. */
export interface AwsEndpoint {
  readonly url: string;
  readonly accountId: string;
  /** The variables with which an AWS SDK reaches it. */
  readonly env: Readonly<Record<string, string>>;
  /** What an SDK client needs, without the region. */
  readonly client: {
    readonly endpoint: string;
    readonly credentials: Record<"accessKeyId" | "secretAccessKey", string>;
  };
  /** The authority of its databases and caches. */
  authority(): Promise<string>;
  /** The command lines of the servers that run behind it. */
  servers(): Promise<readonly string[]>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The clusters that it can have are without a control plane: their nodes and objects are not written anywhere. */
const controlPlane = {
  endpoint: "https://127.0.0.1:1",
  certificateAuthority: "YWJj",
  kubernetesVersion: "1.34",
  issuer: "https://issuer.test",
};
const clusters = { "eu-west-1": controlPlane, "us-east-1": controlPlane };

/**
 * Starts it on a clock that runs `clockScale` times faster. `servers`: databases and caches have real servers behind
 * them.
 */
export async function startAwsEndpoint(
  clockScale: number,
  options: { readonly servers: boolean },
): Promise<AwsEndpoint> {
  const folder = await mkdtemp(join(tmpdir(), "gennet-aws-"));
  const [port = 0] = await freePorts(1, new Set());
  const credentials = { accessKeyId: "AKIASANDBOXGENNET001", secretAccessKey: "a-secret-of-the-tests-0123456789" };
  const accountId = "123456789012";
  const stores = join(folder, "stores");
  const config = {
    listen: { host: "127.0.0.1", port },
    accountId,
    credentials,
    clockScale,
    clusters,
    ...(options.servers ? { stores: { folder: stores, ...(await serverPrograms()) } } : {}),
  };
  await writeFile(join(folder, "config.json"), JSON.stringify(config), { mode: 0o600 });
  const env = {
    PATH: process.env["PATH"],
    PYTHONPATH: join(repository, "sandbox", "aws"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const args = ["-m", "emulator", "--config", join(folder, "config.json")];
  const child = spawn(join(await pythonTools(), "python"), args, { env, stdio: ["ignore", "ignore", "inherit"] });
  const endpoint = `http://127.0.0.1:${port}`;
  await untilHealthy(endpoint, child);
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }
  };
  return {
    url: endpoint,
    accountId,
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    client: { endpoint, credentials },
    authority: () => readFile(join(stores, "ca.crt"), "utf8"),
    servers: async () =>
      [...(await processTable()).values()]
        .map(({ args: line }) => line.join(" "))
        .filter((line) => line.includes(stores)),
    kill,
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

async function untilHealthy(endpoint: string, child: ChildProcess): Promise<void> {
  const headers = { "x-gennet-sandbox": "1" };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the AWS endpoint ended with ${child.exitCode}`);
    const answer = await fetch(`${endpoint}/_sandbox/health`, { headers }).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Makes it what AWS SDKs in this process reach, until `vi.unstubAllEnvs`. */
export function stubAwsEnvironment({ env }: Pick<AwsEndpoint, "env">): void {
  for (const name of ["AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
}
