import { basename } from "node:path";
import type { z } from "zod";
import type { Context } from "../../context.ts";
import { answer, canAsk, missing, type Question } from "../../host/ask.ts";
import { readPerRegion, readRegions } from "../../platform/region-values.ts";
import { platformSchema } from "../../platform/schema.ts";
import type { Starter, StarterRegion } from "../../platform/starter.ts";
import type { InitInput } from "./init.ts";

const fields = platformSchema.shape;
const regionFields = fields.regions.element.shape;

/** The values that flags give for a region, once its name is known. */
type Given = (name: string) => {
  accountId: string | undefined;
  cluster: string | undefined;
  profile: string | undefined;
};

/**
 * Returns the platform described by flags and answers. Throws USAGE_INVALID, or USAGE_ANSWER_MISSING with every missing
 * flag.
 */
export async function askStarter(input: InitInput, context: Context): Promise<Starter> {
  const named = readRegions(context.options.region);
  const given = givenBy(
    input,
    named.map((region) => region.name),
  );
  if (!canAsk(context)) refuseGaps(input, named, given);
  const {
    name = "",
    domain = "",
    repository = "",
  } = await answer(
    platformQuestions(context.host.cwd),
    { name: input.name, domain: input.domain, repository: input.gitopsRepository },
    context,
  );
  const regions: StarterRegion[] = [];
  for (const region of named) regions.push(await askRegion(region, given, name, regions, context));
  if (named.length === 0) {
    const prompts = await context.host.prompts();
    do regions.push(await askRegion({}, given, name, regions, context));
    while (await prompts.confirm({ message: "Another region?", fallback: false }, context.signal));
  }
  const gitops = repository === "" ? {} : { gitops: { repository, branch: input.gitopsBranch } };
  return { name, domain, ...gitops, regions };
}

function givenBy(input: InitInput, names: readonly string[]): Given {
  const accountId = readPerRegion("--account-id", input.accountId, names);
  const cluster = readPerRegion("--cluster", input.cluster, names);
  const profile = readPerRegion("--profile", input.profile, names);
  return (name) => ({ accountId: accountId(name), cluster: cluster(name), profile: profile(name) });
}

/** Reports all missing flags at once, to save the user repeated attempts. */
function refuseGaps(input: InitInput, named: readonly { name: string }[], given: Given): void {
  const names = named.length === 0 ? [""] : named.map((region) => region.name);
  const gaps: readonly [flag: string, gap: boolean][] = [
    ["--name NAME", input.name === undefined],
    ["--domain DOMAIN", input.domain === undefined],
    ["--region NAME=AWS_REGION", named.length === 0],
    ["--account-id ID", names.some((name) => given(name).accountId === undefined)],
  ];
  const flags = gaps.filter(([, gap]) => gap).map(([flag]) => flag);
  if (flags.length > 0) throw missing(flags);
}

function platformQuestions(cwd: string): readonly Question[] {
  const folder = basename(cwd);
  return [
    {
      key: "name",
      message: "Name of the platform",
      flag: "--name NAME",
      problem: problemBy(fields.name),
      ...(problemBy(fields.name)(folder) === undefined ? { fallback: folder } : {}),
    },
    {
      key: "domain",
      message: "Domain for its services",
      flag: "--domain DOMAIN",
      problem: problemBy(fields.domain),
    },
    {
      key: "repository",
      message: "Git repository that Argo CD reads (empty: none yet)",
      flag: "--gitops-repository URL",
      fallback: "",
    },
  ];
}

async function askRegion(
  known: { readonly name?: string; readonly awsRegion?: string },
  given: Given,
  platform: string,
  before: readonly StarterRegion[],
  context: Context,
): Promise<StarterRegion> {
  const { name = "", awsRegion = "" } = await answer(nameQuestions(before), known, context);
  const answers = await answer(regionQuestions(name, platform, before), given(name), context);
  const { accountId = "", cluster = "", profile = "" } = answers;
  return { name, awsRegion, accountId, cluster, ...(profile === "" ? {} : { profile }) };
}

function nameQuestions(before: readonly StarterRegion[]): readonly Question[] {
  const problem = problemBy(regionFields.name);
  const flag = "--region NAME=AWS_REGION";
  return [
    {
      key: "name",
      message: "Name of the region, as used with --region",
      flag,
      problem: (name) =>
        before.some((region) => region.name === name) ? "already used by another region" : problem(name),
    },
    { key: "awsRegion", message: "Its AWS region", flag, problem: problemBy(regionFields.awsRegion) },
  ];
}

function regionQuestions(name: string, platform: string, before: readonly StarterRegion[]): readonly Question[] {
  const previous = before.at(-1)?.accountId;
  return [
    {
      key: "accountId",
      message: `AWS account ID of ${name}`,
      flag: "--account-id ID",
      problem: problemBy(regionFields.accountId),
      ...(previous === undefined ? {} : { fallback: previous }),
    },
    {
      key: "cluster",
      message: `EKS cluster of ${name}`,
      flag: "--cluster NAME",
      fallback: `${platform}-${name}`,
      problem: problemBy(regionFields.cluster),
    },
    {
      key: "profile",
      message: `AWS profile for ${name} (empty: default credential chain)`,
      flag: "--profile PROFILE",
      fallback: "",
    },
  ];
}

function problemBy(schema: z.ZodType): (answer: string) => string | undefined {
  return (answer) => {
    const result = schema.safeParse(answer);
    return result.success ? undefined : `expected ${result.error.issues[0]?.message ?? "another value"}`;
  };
}
