import type { DryRunAction } from "../../aws/ec2/dry-run.ts";
import type { CheckFinding } from "../../core/check.ts";
import { creationsOf, type PreflightCheck, steps } from "./preflight-context.ts";

const id = "preflight/permissions";

/** What EC2 can check without making it. */
const dryRuns: readonly (readonly [step: RegExp, action: DryRunAction])[] = [
  [steps.vpc, "CreateVpc"],
  [steps.internetGateway, "CreateInternetGateway"],
  [steps.natAddress, "AllocateAddress"],
];
/** Other services have no dry run, and the IAM policy simulator sees no service control policies. */
const unchecked: readonly (readonly [step: RegExp, action: string])[] = [
  [steps.role, "iam:CreateRole"],
  [steps.cluster, "eks:CreateCluster"],
  // Its dry run needs both VPCs.
  [steps.peering, "ec2:CreateVpcPeeringConnection"],
];

export const permissions: PreflightCheck = {
  id,
  title: "permissions of the caller",
  explain:
    "Asks EC2, by dry runs that change nothing, whether the caller may make what the plan creates; the answer includes service control policies and permissions boundaries. Other services have no dry run: their permissions are only known when the call is made, and a simulation by IAM would be no proof. If one is missing, bootstrap stops with exit 4, and resumes from there once it is allowed.",
  async run(context, signal) {
    const due = dryRuns.filter(([step]) => creationsOf(context, step) > 0);
    const answers = await Promise.all(
      due.map(async ([, action]): Promise<CheckFinding> => {
        const about = { id, subject: `ec2:${action}` };
        const ec2 = await context.world.aws.service("ec2");
        if (await ec2.isAllowed(action, signal)) return { ...about, severity: "ok", summary: "allowed" };
        const fix = "Allow it in IAM, or set another profile or roleArn for the region in gennet.yaml.";
        return { ...about, severity: "fail", summary: "AWS denies it to the caller", fix };
      }),
    );
    const open = unchecked.filter(([step]) => creationsOf(context, step) > 0).map(([, action]) => action);
    if (open.length === 0) return answers;
    return [
      ...answers,
      { id, severity: "skip", subject: open.join(", "), summary: "not known before the call: there is no dry run" },
    ];
  },
};
