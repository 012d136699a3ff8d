import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { repository } from "./cli.ts";
import { pythonTools } from "./uv.ts";

const credentials = { accessKeyId: "AKIASANDBOXGENNET001", secretAccessKey: "a-secret-of-the-tests-0123456789" };

/** The sandbox's AWS endpoint alone, without clusters behind it. */
export interface AwsEndpoint {
  readonly url: string;
  readonly accountId: string;
  /** The variables with which an AWS SDK reaches it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function awsEndpoint(): Promise<AwsEndpoint> {
  const folder = await mkdtemp(join(tmpdir(), "aws-endpoint-"));
  const port = await freePort();
  const accountId = "123456789012";
  const config = {
    listen: { host: "127.0.0.1", port },
    accountId,
    credentials,
    clockScale: 60,
    clusters: {
      "eu-west-1": {
        endpoint: "https://127.0.0.1:1",
        certificateAuthority: "YWJj",
        kubernetesVersion: "1.34",
        issuer: "https://issuer.test",
      },
    },
  };
  const file = join(folder, "config.json");
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const cwd = join(repository, "sandbox", "aws");
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn(join(await pythonTools(), "python"), ["-m", "emulator", "--config", file], { cwd, env });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url, child, () => stderr);
  return {
    url,
    accountId,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    close: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true });
    },
  };
}

async function untilHealthy(url: string, child: ChildProcess, stderr: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The AWS endpoint ended: ${stderr()}`);
    const answer = await fetch(`${url}/_sandbox/health`, { headers: { "x-gennet-sandbox": "1" } }).catch(
      () => undefined,
    );
    if (answer?.ok === true) return;
    await delay(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
