import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("REGION", "the region of gennet.yaml to destroy") };
const flags = {
  confirm: flag.confirmation("NAME", "the region's name, to destroy it without a prompt"),
  except: flag.list("RESOURCE", "leave this resource alone, with everything that it needs"),
  dryRun: flag.switch("show what would be deleted without deleting it"),
};

export interface RegionDestroyInput {
  readonly name: string;
  readonly confirm: string | undefined;
  readonly except: readonly string[];
  readonly dryRun: boolean;
}

export const regionDestroy = declare({
  path: ["region", "destroy"],
  summary: "delete a region and everything that gennet made in it",
  description:
    "Deletes everything that gennet made in a region, in the opposite order of bootstrap, after the load balancers of its Services and Ingresses. The last region takes along what all regions share. Shows what will be deleted, and asks for the region's name. You can stop or kill it at any time: the next run resumes. Ends by asking every service again, and shows what AWS keeps on purpose. Exit code 3 if something is left. The primary region goes last.",
  examples: [
    { run: "gennet region destroy eu-west-1", says: "Show what will be deleted, ask for the name, delete it" },
    { run: "gennet region destroy eu-west-1 --dry-run", says: "Show what would be deleted" },
    { run: "gennet region destroy eu-west-1 --confirm eu-west-1", says: "From a pipeline" },
  ],
  args,
  flags,
  answers: "RegionDestruction",
});
