import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = {
  name: flag.text("NAME", "the name of the platform; gennet uses it to prefix and tag resources"),
  domain: flag.text("DOMAIN", "the parent domain of all services"),
  gitopsRepository: flag.text("URL", "the Git repository that Argo CD reads"),
  gitopsBranch: flag.textOr("BRANCH", "main", "the branch that Argo CD reads"),
  accountId: flag.list("ID", "the AWS account: ID for all regions, REGION=ID for one of them"),
  cluster: flag.list("NAME", "the EKS cluster: NAME, or REGION=NAME for one of them (default PLATFORM-REGION)"),
  profile: flag.list("PROFILE", "the AWS profile: PROFILE for all regions, REGION=PROFILE for one of them"),
  dryRun: flag.switch("show the file without writing it"),
};

export interface InitInput {
  readonly name: string | undefined;
  readonly domain: string | undefined;
  readonly gitopsRepository: string | undefined;
  readonly gitopsBranch: string;
  readonly accountId: readonly string[];
  readonly cluster: readonly string[];
  readonly profile: readonly string[];
  readonly dryRun: boolean;
}

export const init = declare({
  path: ["init"],
  summary: "write a gennet.yaml, from flags or by asking",
  description:
    "For this command, --region sets the regions to write, as NAME=AWS_REGION, and --config the file to write. A schema " +
    "for editors is written next to the file. An existing file is never overwritten.",
  examples: [
    { run: "gennet init", says: "Ask for everything" },
    {
      run: "gennet init --name acme --domain acme.example --region eu=eu-west-1,us=us-east-1 --account-id 111122223333",
      says: "Two regions in one account, without prompts",
    },
    {
      run: "gennet init --name acme --domain acme.example --region eu=eu-west-1 --account-id eu=111122223333 --dry-run",
      says: "Show the file only",
    },
  ],
  args: {},
  flags,
  answers: "PlatformFile",
});
