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
# The platform that gennet runs. Written by \`gennet init\`; edit it as you like.

# gennet uses the name to prefix and tag resources. If you change it later, gennet treats it as a new platform.
name: ${scalar(starter.name)}

# The parent domain of all services.
domain: ${scalar(starter.domain)}

# The versions of gennet that this file supports; others reject it.
requires: ">=${version}"

${gitops(starter)}
# One entry per cluster. Use the \`name\` with --region; two entries may share an AWS region. gennet checks the account
# before writing anything. Without a \`profile\`, it uses the default credential chain of the AWS SDK.
#
# A VPC keeps its range, and VPCs can only be peered if their ranges do not overlap: each region has its own.
# \`support\` decides what happens 14 months after EKS releases a Kubernetes version: with \`standard\`, EKS upgrades the
# cluster; with \`extended\`, the cluster keeps its version for 12 more months, and each hour costs more.
regions:
${starter.regions.map(region).join("")}`;
}

function gitops({ gitops }: Starter): string {
  const note = "# The Git repository that Argo CD reads.\n";
  if (gitops === undefined)
    return `${note}# gitops:\n#   repository: https://git.example/platform.git\n#   branch: main\n`;
  return `${note}gitops:\n  repository: ${scalar(gitops.repository)}\n  branch: ${scalar(gitops.branch)}\n`;
}

function region(region: StarterRegion, index: number): string {
  return [
    `  - name: ${scalar(region.name)}`,
    `    awsRegion: ${scalar(region.awsRegion)}`,
    `    accountId: "${region.accountId}"`,
    `    cluster: ${scalar(region.cluster)}`,
    ...(region.profile === undefined ? [] : [`    profile: ${scalar(region.profile)}`]),
    "    kubernetes:",
    "      support: extended",
    "    network:",
    `      cidr: ${rangeOf(index)}`,
    "",
  ].join("\n");
}

/** Returns a range of 65,536 private addresses for each region: 10.0.0.0/16, 10.1.0.0/16, … */
function rangeOf(index: number): string {
  return `10.${index}.0.0/16`;
}

function scalar(text: string): string {
  return stringify(text, { version: "1.1", lineWidth: 0 }).trimEnd();
}
