import type { CheckFinding } from "../../core/check.ts";
import { rangeContains } from "../../core/ip-range.ts";
import type { FieldValue } from "../../core/operation.ts";
import { creationsOf, type PlannedRegion, type PreflightCheck, steps } from "./preflight-context.ts";

const id = "preflight/access";

export const access: PreflightCheck = {
  id,
  title: "this machine can reach the API server afterwards",
  explain:
    "A cluster without a public endpoint answers only in its VPC and in networks that are connected to it; a public one answers the ranges of `kubernetes.endpoint.cidrs`. gennet cannot know from which address AWS sees this machine, so a change that denies access to callers is a warning. EKS's own API stays reachable: to restore the access, set `kubernetes.endpoint` again, and run `gennet region bootstrap REGION --only cluster`.",
  async run(context) {
    const { name, kubernetes } = context.world.region;
    const undo = `If it has no access then, set kubernetes.endpoint of region ${name} again, then run: gennet region bootstrap ${name} --only cluster`;
    const about = { id, severity: "warn" as const, subject: "endpoint of the cluster" };
    const findings: CheckFinding[] = [];
    const isNew = creationsOf(context, steps.cluster) > 0 && !kubernetes.endpoint.public;
    if (isNew || changeOf(context, "endpoint").lost.includes("public")) {
      const summary =
        "afterwards, it answers only in its VPC and in networks that are connected to it: this machine must be in one";
      findings.push({ ...about, summary, fix: undo });
    }
    const { lost, after } = changeOf(context, "public ranges");
    const closed = lost.filter((range) => !after.some((each) => rangeContains(each, range)));
    if (closed.length > 0) {
      const summary = `afterwards, it answers only ${after.join(", ")} of the internet: this machine's address there must be one of them`;
      findings.push({ ...about, summary, fix: undo });
    }
    return findings;
  },
};

/** Returns what an update of the cluster takes out of a list, and what is left in it. */
function changeOf(
  { changes }: PlannedRegion,
  field: string,
): { readonly lost: readonly string[]; readonly after: readonly string[] } {
  const possible = changes.filter(({ step, obstacle }) => steps.cluster.test(step) && obstacle === undefined);
  const update = possible.flatMap(({ operations }) => operations).find((each) => each.field === field);
  const after = textsIn(update?.after);
  return { lost: textsIn(update?.before).filter((each) => !after.includes(each)), after };
}

function textsIn(value: FieldValue | undefined): readonly string[] {
  return typeof value === "object" ? value : [];
}
