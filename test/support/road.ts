import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { type Ended, run, runGennet } from "./cli.ts";
import { assertDocument } from "./documents.ts";
import { referees } from "./referees.ts";

/** A platform to travel the road on: the sandbox's, or one on a real account. */
export interface Road {
  /** A folder with a gennet.yaml. */
  readonly folder: string;
  readonly regions: readonly RoadRegion[];
  gennet(...argv: string[]): Promise<Ended>;
  /** Runs gennet with `-o json` and reads its answer; the exit code is part of it. */
  ask(...argv: string[]): Promise<{ exit: number | null; document: any; stderr: string }>;
  /** kubectl in a region, by a kubeconfig that the AWS CLI wrote; the answer in JSON. */
  kubectl(region: RoadRegion, ...argv: string[]): Promise<any>;
  /** Waits until what the add-ons run in the cluster is rolled out: nodes that have just joined get their pods. */
  settled(region: RoadRegion): Promise<void>;
  aws(region: RoadRegion, ...argv: string[]): Promise<any>;
  leave(): Promise<void>;
}

export interface RoadRegion {
  readonly name: string;
  readonly awsRegion: string;
  readonly cluster: string;
  readonly accountId: string;
}

/** `platform` is the text of a gennet.yaml, `env` what makes its regions reachable. */
export async function roadOf(platform: string, env: Readonly<Record<string, string>>): Promise<Road> {
  const folder = await mkdtemp(join(tmpdir(), "gennet-road-"));
  await writeFile(join(folder, "gennet.yaml"), platform);
  const { kubectl, aws } = await referees();
  const variables = { ...env, PATH: `${join(aws, "..")}:${process.env["PATH"] ?? ""}` };
  const options = { cwd: folder, env: variables };

  const json = async (program: string, argv: readonly string[], extra: Record<string, string> = {}): Promise<any> => {
    const ended = await run(program, argv, { cwd: folder, env: { ...variables, ...extra } });
    if (ended.exit !== 0) throw new Error(`${program} ${argv.join(" ")} ended with ${ended.exit}: ${ended.stderr}`);
    return ended.stdout.trim() === "" ? undefined : JSON.parse(ended.stdout);
  };
  const askAws: Road["aws"] = (region, ...argv) =>
    json(aws, [...argv, "--region", region.awsRegion, "--output", "json"]);

  const kubeconfig = async (region: RoadRegion): Promise<readonly string[]> => {
    const file = join(folder, `${region.name}.kubeconfig`);
    const words = ["eks", "update-kubeconfig", "--name", region.cluster, "--kubeconfig", file];
    const ended = await run(aws, [...words, "--region", region.awsRegion], options);
    if (ended.exit !== 0) throw new Error(`aws ${words.join(" ")}: ${ended.stderr}`);
    return ["--kubeconfig", file];
  };

  return {
    folder,
    regions: (parse(platform) as { regions: RoadRegion[] }).regions,
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
