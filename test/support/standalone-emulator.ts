import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { repository } from "./cli.ts";
import { emulator } from "./emulator.ts";
import { pythonTools } from "./uv.ts";

/** The sandbox's AWS endpoint without a sandbox: its EKS accepts everything, and there is no Kubernetes behind it. */
export interface StandaloneEmulator {
  readonly accountId: string;
  /** The variables of a process that calls it. */
  readonly variables: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const credentials = { accessKeyId: "AKIASANDBOXGENNET001", secretAccessKey: "a-secret-of-the-tests-0123456789" };
const accountId = "123456789012";
/** What takes AWS minutes takes no time. */
const clockScale = 1_000_000;

export async function standaloneEmulator(awsRegion: string): Promise<StandaloneEmulator> {
  const folder = await mkdtemp(join(tmpdir(), "gennet-emulator-"));
  const port = await freePort();
  const plane = {
    endpoint: "https://127.0.0.1:1",
    certificateAuthority: "YWJj",
    kubernetesVersion: "1.37",
    issuer: "https://oidc.sandbox.test/id/1",
  };
  const listen = { host: "127.0.0.1", port };
  const config = { listen, accountId, credentials, clockScale, clusters: { [awsRegion]: plane } };
  const file = join(folder, "config.json");
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const { PATH, HOME, TMPDIR } = process.env;
  const program = spawn(join(await pythonTools(), "python"), ["-m", "emulator", "--config", file], {
    env: { PATH, HOME, TMPDIR, PYTHONPATH: join(repository, "sandbox/aws"), PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const url = `http://127.0.0.1:${port}`;
  await answering(url, program);
  return {
    accountId,
    variables: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_EC2_METADATA_DISABLED: "true",
    },
    stop: async () => {
      const ended = once(program, "exit");
      program.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns once the program answers. Throws with its messages if it ends before that. */
async function answering(url: string, program: ChildProcess): Promise<void> {
  let said = "";
  program.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  for (;;) {
    if (program.exitCode !== null) throw new Error(`the AWS endpoint ended with ${program.exitCode}: ${said}`);
    try {
      return void (await emulator(url).requests());
    } catch {
      await delay(100);
    }
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
