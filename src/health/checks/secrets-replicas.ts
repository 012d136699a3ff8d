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
    "Checks the replicas of each secret that this cluster reads and whose primary is in this AWS region. InProgress is a warning. Failed means that a region has no copy, or an old one: a secret of the same name may already exist there, or the KMS key may be gone. The message is AWS's.",
  needs: ["cluster/api", "platform/external-secrets"],
  async run({ secrets }) {
    if (secrets.replicated === undefined) return [notOfAws(id, "replicas")];
    if ((await secrets.externals()).length === 0) {
      return [{ id, severity: "skip", subject: "replicas", summary: "there are no ExternalSecrets here" }];
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
    const none = "no secret that this cluster reads has replicas and its primary in this AWS region";
    return withWell(findings, { id, count, one: "replica", summary: "in sync", none });
  },
};
