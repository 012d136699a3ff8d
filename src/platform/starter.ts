import { stringify } from "yaml";

/** The path of the schema next to gennet.yaml, where editors find it without network access. */
export const schemaFile = ".gennet/gennet.yaml.schema.json";

/** The answers for a platform's first gennet.yaml. */
export interface Starter {
  readonly name: string;
  readonly domain: string;
  readonly gitops?: { readonly repository: string; readonly branch: string };
  readonly regions: readonly StarterRegion[];
}

export interface StarterRegion {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  readonly cluster: string;
  readonly profile?: string;
}

/** Returns the text of a first gennet.yaml, for this version of gennet and newer ones. */
export function starterText(starter: Starter, version: string): string {
  return `# yaml-language-server: $schema=${schemaFile}
# The platform that gennet runs. Written by \`gennet init\`; from here on it is yours to edit.

# Prefixes and tags whatever gennet creates. Changing it later makes another platform.
name: ${scalar(starter.name)}

# Services are reached below this domain.
domain: ${scalar(starter.domain)}

# The versions of gennet that this file is for; others refuse it.
requires: ">=${version}"

${gitops(starter)}
# One entry per cluster. --region takes the \`name\`; two entries may share an AWS region. The account is checked
# before anything is written. Without a \`profile\` the AWS SDK looks for credentials where it usually does.
regions:
${starter.regions.map(region).join("")}`;
}

function gitops({ gitops }: Starter): string {
  const note = "# The Git repository that Argo CD reads.\n";
  if (gitops === undefined)
    return `${note}# gitops:\n#   repository: https://git.example/platform.git\n#   branch: main\n`;
  return `${note}gitops:\n  repository: ${scalar(gitops.repository)}\n  branch: ${scalar(gitops.branch)}\n`;
}

function region(region: StarterRegion): string {
  return [
    `  - name: ${scalar(region.name)}`,
    `    awsRegion: ${scalar(region.awsRegion)}`,
    `    accountId: "${region.accountId}"`,
    `    cluster: ${scalar(region.cluster)}`,
    ...(region.profile === undefined ? [] : [`    profile: ${scalar(region.profile)}`]),
    "",
  ].join("\n");
}

function scalar(text: string): string {
  return stringify(text, { version: "1.1", lineWidth: 0 }).trimEnd();
}
