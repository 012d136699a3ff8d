import type { Check } from "../core/check.ts";
import type { Finding } from "../core/finding.ts";
import type { Application } from "../k8s/argocd/port.ts";
import type { HealthContext } from "./health-context.ts";

/** What is to be said of an Application that is not as it should be. */
export type Judgement = Pick<Finding, "severity" | "summary"> & Partial<Pick<Finding, "fix" | "cause" | "obstacle">>;

type Judge = (application: Application, context: HealthContext) => Promise<Judgement | undefined>;

interface ApplicationCheck extends Pick<Check<HealthContext>, "id" | "explain"> {
  /** What is true of all of them where nothing is found. */
  readonly well: string;
}

/** One question about every Application; those with the same answer are one finding. */
export function applicationCheck({ id, explain, well }: ApplicationCheck, judge: Judge): Check<HealthContext> {
  return {
    id,
    title: "applications",
    explain,
    needs: ["gitops/controller"],
    async run(context) {
      const applications = (await context.gitops.installed()) ? await context.gitops.applications() : [];
      // That there is none has been said by gitops/controller.
      if (applications.length === 0) return [];
      const judged = await Promise.all(
        applications.map(async (application) => ({ application, judgement: await judge(application, context) })),
      );
      const alike = new Map<string, { readonly judgement: Judgement; readonly names: string[] }>();
      for (const { application, judgement } of judged) {
        if (judgement === undefined) continue;
        const key = `${judgement.severity} ${judgement.cause ?? ""} ${judgement.summary}`;
        const group = alike.get(key) ?? { judgement, names: [] };
        alike.set(key, group);
        group.names.push(application.name);
      }
      const findings = [...alike.values()].map(({ judgement, names }): Finding => ({
        id,
        subject: subjectOf(names),
        ...judgement,
        evidence: { names },
      }));
      if (findings.length > 0) return findings;
      return [{ id, severity: "ok", subject: subjectOf(applications.map(({ name }) => name)), summary: well }];
    },
  };
}

function subjectOf(names: readonly string[]): string {
  if (names.length === 1) return `application ${names[0]}`;
  const shown = names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  return `${names.length} applications (${shown})`;
}
