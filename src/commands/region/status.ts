import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.optional("REGION", "a region of gennet.yaml (default: all)") };
const flags = { strict: flag.switch("exit with 9 if there are warnings") };

export interface RegionStatusInput {
  readonly name: string | undefined;
  readonly strict: boolean;
}

export const regionStatus = declare({
  path: ["region", "status"],
  summary: "compare regions with gennet.yaml, and show what expires",
  description:
    "Reads every resource of each region, and what all regions share, and compares it with gennet.yaml; shows until when its Kubernetes version is supported and its certificate authority is valid. Changes nothing. `gennet status` checks what runs in the clusters. Exit codes: 0 as in gennet.yaml, 3 something is missing or failed, 4 permission denied, 5 unreachable, 6 timed out, 9 warnings (with --strict).",
  examples: [
    { run: "gennet region status", says: "All regions" },
    { run: "gennet region status eu-west-1 -o wide", says: "Every resource of one region" },
    { run: "gennet region status -o json --strict", says: "In a scheduled pipeline that must also stop at warnings" },
  ],
  args,
  flags,
  answers: "RegionStatus",
});
