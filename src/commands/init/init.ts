import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = {
  name: flag.text("NAME", "the platform's name; it prefixes and tags what gennet creates"),
  domain: flag.text("DOMAIN", "the domain below which services are reached"),
  gitopsRepository: flag.text("URL", "the Git repository that Argo CD reads"),
  gitopsBranch: flag.textOr("BRANCH", "main", "its branch"),
  accountId: flag.list("ID", "the AWS account: ID for all regions, NAME=ID for one of them"),
  cluster: flag.list("NAME", "the EKS cluster, REGION=NAME for one; by default PLATFORM-REGION"),
  profile: flag.list("PROFILE", "the AWS profile: PROFILE for all regions, NAME=PROFILE for one of them"),
  dryRun: flag.switch("show the file, and write none"),
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
  summary: "write a gennet.yaml by asking, or from flags",
  description:
    "Here --region names the regions to write, as NAME=AWS_REGION, and --config the file to write. Its schema is " +
    "written beside it, for editors. A file that is there is never overwritten.",
  examples: [
    { run: "gennet init", says: "Ask for everything" },
    {
      run: "gennet init --name acme --domain acme.example --region eu=eu-west-1,us=us-east-1 --account-id 111122223333",
      says: "Two regions in one account, without a question",
    },
    {
      run: "gennet init --name acme --domain acme.example --region eu=eu-west-1 --account-id eu=111122223333 --dry-run",
      says: "Show the file only",
    },
  ],
  args: {},
  flags,
  answers: "PlatformFile",
  load: () => import("./init.run.ts"),
});
