import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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
  /** kubectl in a region, by a kubeconfig that the AWS CLI wrote. */
  kubectl(region: RoadRegion, ...argv: string[]): Promise<any>;
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
    kubectl: async (region, ...argv) => {
      const file = join(folder, `${region.name}.kubeconfig`);
      const there = await readFile(file).then(
        () => true,
        () => false,
      );
      if (!there) {
        const words = ["eks", "update-kubeconfig", "--name", region.cluster, "--kubeconfig", file];
        const ended = await run(aws, [...words, "--region", region.awsRegion], options);
        if (ended.exit !== 0) throw new Error(`aws ${words.join(" ")}: ${ended.stderr}`);
      }
      return json(kubectl, ["--kubeconfig", file, ...argv, "-o", "json"]);
    },
    leave: () => rm(folder, { recursive: true, force: true }),
  };
}
