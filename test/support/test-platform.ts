import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { type Ended, run, runGennet } from "./cli.ts";
import { assertDocument } from "./documents.ts";
import { referees } from "./referees.ts";

/** A platform for acceptance tests: that of the sandbox, or one in a real account. */
export interface TestPlatform {
  /** A folder with a gennet.yaml. */
  readonly folder: string;
  readonly regions: readonly TestRegion[];
  gennet(...argv: string[]): Promise<Ended>;
  /** Runs gennet with `-o json` and parses its answer; returns the exit code, too. */
  ask(...argv: string[]): Promise<{ exit: number | null; document: any; stderr: string }>;
  /** Runs kubectl in a region, with a kubeconfig that the AWS CLI wrote; returns JSON. */
  kubectl(region: TestRegion, ...argv: string[]): Promise<any>;
  /** Waits until the add-ons are rolled out: nodes that have just joined get their pods. */
  settled(region: TestRegion): Promise<void>;
  aws(region: TestRegion, ...argv: string[]): Promise<any>;
  leave(): Promise<void>;
}

export interface TestRegion {
  readonly name: string;
  readonly awsRegion: string;
  readonly cluster: string;
  readonly accountId: string;
}

/** `platform` is the text of a gennet.yaml; `env` makes its regions reachable. */
export async function testPlatform(platform: string, env: Readonly<Record<string, string>>): Promise<TestPlatform> {
  const folder = await mkdtemp(join(tmpdir(), "gennet-platform-"));
  await writeFile(join(folder, "gennet.yaml"), platform);
  const { kubectl, aws } = await referees();
  const variables = { ...env, PATH: `${join(aws, "..")}:${process.env["PATH"] ?? ""}` };
  const options = { cwd: folder, env: variables };

  const json = async (program: string, argv: readonly string[], extra: Record<string, string> = {}): Promise<any> => {
    const ended = await run(program, argv, { cwd: folder, env: { ...variables, ...extra } });
    if (ended.exit !== 0) throw new Error(`${program} ${argv.join(" ")} ended with ${ended.exit}: ${ended.stderr}`);
    return ended.stdout.trim() === "" ? undefined : JSON.parse(ended.stdout);
  };
  // For RDS in us-east-1, the AWS CLI replaces the endpoint of the environment, but not one that is an argument.
  const endpoint = env["AWS_ENDPOINT_URL"] === undefined ? [] : ["--endpoint-url", env["AWS_ENDPOINT_URL"]];
  const askAws: TestPlatform["aws"] = (region, ...argv) =>
    json(aws, [...argv, ...endpoint, "--region", region.awsRegion, "--output", "json"]);

  const kubeconfig = async (region: TestRegion): Promise<readonly string[]> => {
    const file = join(folder, `${region.name}.kubeconfig`);
    const words = ["eks", "update-kubeconfig", "--name", region.cluster, "--kubeconfig", file];
    const ended = await run(aws, [...words, "--region", region.awsRegion], options);
    if (ended.exit !== 0) throw new Error(`aws ${words.join(" ")}: ${ended.stderr}`);
    return ["--kubeconfig", file];
  };

  return {
    folder,
    regions: (parse(platform) as { regions: TestRegion[] }).regions,
    gennet: (...argv) => runGennet(argv, options),
    ask: async (...argv) => {
      const { exit, stdout, stderr } = await runGennet([...argv, "-o", "json"], options);
      const document = stdout === "" ? undefined : JSON.parse(stdout);
      if (document !== undefined) assertDocument(document);
      return { exit, document, stderr };
    },
    aws: askAws,
    kubectl: async (region, ...argv) => json(kubectl, [...(await kubeconfig(region)), ...argv, "-o", "json"]),
    settled: async (region) => {
      const words = ["-n", "kube-system", "rollout", "status", "deployment,daemonset", "--timeout=10m"];
      const ended = await run(kubectl, [...(await kubeconfig(region)), ...words], options);
      if (ended.exit !== 0) throw new Error(`kubectl ${words.join(" ")}: ${ended.stderr}`);
    },
    leave: () => rm(folder, { recursive: true, force: true }),
  };
}
