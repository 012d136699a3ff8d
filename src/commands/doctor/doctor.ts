import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = {
  only: flag.list("ID", "only these checks: an id, an area (machine), or a glob (cluster/*)"),
  skip: flag.list("ID", "all checks but these"),
  strict: flag.switch("exit 9 where there are warnings"),
};

export interface DoctorInput {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly strict: boolean;
}

export const doctor = declare({
  path: ["doctor"],
  summary: "what this machine, the accounts and the clusters lack, and what fixes it",
  description:
    "Looks at this machine, and at every region of gennet.yaml or every --context. Without a gennet.yaml only at this machine. Changes nothing.",
  examples: [
    { run: "gennet doctor", says: "This machine, and the regions of the nearest gennet.yaml" },
    { run: "gennet doctor --only machine", says: "This machine alone, without a request" },
    { run: "gennet doctor --context staging -o json", says: "A cluster without a gennet.yaml, for a script" },
  ],
  args: {},
  flags,
  answers: "DoctorReport",
  load: () => import("./doctor.run.ts"),
});
