import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { issuer } from "./region/control-plane.ts";
import type { Launch } from "./processes/daemon.ts";
import { type SandboxFolder, shippedFolder } from "./folders.ts";
import { definedOnly } from "./programs/go-toolchain.ts";
import type { Setting } from "./setting.ts";
import { type AwsState, type SandboxState, writePrivate } from "./state.ts";
import type { ServerPrograms } from "./stores/server-programs.ts";

/** Credentials in the format of AWS, random for each sandbox. */
export function createAwsState(port: number, authenticatorPort: number, clockScale: number): AwsState {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const id = [...randomBytes(16)].map((byte) => letters[byte % letters.length]).join("");
  return {
    port,
    authenticatorPort,
    clockScale,
    accountId: "123456789012",
    accessKeyId: `AKIA${id}`,
    secretAccessKey: randomBytes(30).toString("base64"),
  };
}

/**
 * Writes the configuration of the AWS endpoint: the address that it listens on, the control planes that its EKS reports,
 * and the programs behind its RDS and ElastiCache; without those, both have an API and no data.
 */
export async function writeAwsConfig(
  folder: SandboxFolder,
  state: SandboxState,
  kubernetes: string,
  programs: ServerPrograms | undefined,
): Promise<void> {
  const { aws } = state;
  const minor = /^v(\d+\.\d+)/.exec(kubernetes)?.[1];
  const clusters = await Promise.all(
    state.regions.map(async ({ awsRegion, ports }) => {
      const pki = (file: string): string => folder.region(awsRegion, "pki", file);
      return [
        awsRegion,
        {
          endpoint: `https://127.0.0.1:${ports.apiserver}`,
          certificateAuthority: (await readFile(pki("ca.crt"))).toString("base64"),
          kubernetesVersion: minor,
          issuer: issuer(ports),
          admin: { caFile: pki("ca.crt"), certFile: pki("admin.crt"), keyFile: pki("admin.key") },
        },
      ] as const;
    }),
  );
  const config = {
    listen: { host: "127.0.0.1", port: aws.port },
    authenticator: {
      port: aws.authenticatorPort,
      caFile: folder.aws("ca.crt"),
      certFile: folder.aws("authenticator.crt"),
      keyFile: folder.aws("authenticator.key"),
    },
    accountId: aws.accountId,
    credentials: { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
    clockScale: aws.clockScale,
    clusters: Object.fromEntries(clusters),
    ...(programs === undefined ? {} : { stores: { folder: folder.aws("stores"), ...programs } }),
  };
  await writePrivate(folder.aws("config.json"), `${JSON.stringify(config, null, 2)}\n`);
}

/** Returns how to start the AWS endpoint with the Python of `findPython`. */
export function awsLaunch(folder: SandboxFolder, python: string, setting: Setting): Omit<Launch, "log"> {
  const { PATH, HOME, LANG, TMPDIR } = setting.host.env;
  return {
    file: python,
    args: ["-m", "emulator", "--config", folder.aws("config.json")],
    env: {
      // The user's AWS and proxy settings must not reach it, and the package's folder may be read-only.
      ...definedOnly({ PATH, HOME, LANG, TMPDIR }),
      PYTHONPATH: shippedFolder("aws"),
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONUNBUFFERED: "1",
    },
  };
}
