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
