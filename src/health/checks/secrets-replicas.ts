import type { Check } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import { notOfAws } from "../eks-reads.ts";
import type { HealthContext } from "../health-context.ts";
import { withWell } from "../with-well.ts";

const id = "secrets/replicas";

export const secretsReplicas: Check<HealthContext> = {
  id,
  title: "secrets' replicas",
  explain:
    "Of each secret that this cluster reads and whose primary is in this AWS region, Secrets Manager says how its replicas are. InProgress is a warning; Failed means that a region has no copy, or an old one: a secret of the same name may be in its way there, or the KMS key is gone. The message is AWS's own.",
  needs: ["cluster/api"],
  async run({ secrets }) {
    if (secrets.replicated === undefined) return [notOfAws(id, "replicas")];
    if ((await secrets.externals()).length === 0) {
      return [{ id, severity: "skip", subject: "replicas", summary: "no ExternalSecret here" }];
    }
    const all = await secrets.replicated();
    const findings = all.flatMap(({ name, replicas }) =>
      replicas
        .filter(({ status }) => status !== "InSync")
        .map(({ awsRegion, status, message }): Finding => {
          const subject = `replica of ${name} in ${awsRegion}`;
          const severity = status === "Failed" ? "fail" : "warn";
          return { id, severity, subject, summary: `${status}${message === undefined ? "" : `: ${message}`}` };
        }),
    );
    const count = all.flatMap(({ replicas }) => replicas).length - findings.length;
    const none = "no secret that is known to be read here has one with its primary in this region";
    return withWell(findings, { id, count, one: "replica", summary: "in sync", none });
  },
};
