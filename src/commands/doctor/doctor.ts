import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = {
  only: flag.list("ID", "run only these checks: an id, an area (machine), or a glob (cluster/*)"),
  skip: flag.list("ID", "skip these checks"),
  strict: flag.switch("exit with 9 if there are warnings"),
};

export interface DoctorInput {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly strict: boolean;
}

export const doctor = declare({
  path: ["doctor"],
  summary: "check this machine, AWS accounts and clusters, and suggest fixes",
  description:
    "Checks this machine, and every region of gennet.yaml or every --context. Without a gennet.yaml, checks this machine only. Changes nothing.",
  examples: [
    { run: "gennet doctor", says: "Check this machine and the regions of the nearest gennet.yaml" },
    { run: "gennet doctor --only machine", says: "Check this machine only, without network requests" },
    { run: "gennet doctor --context staging -o json", says: "Check a cluster without a gennet.yaml, for a script" },
  ],
  args: {},
  flags,
  answers: "DoctorReport",
});
