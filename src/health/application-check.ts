import type { Check, CheckFinding } from "../core/check.ts";
import { listed } from "../core/enumerate.ts";
import { shell } from "../core/shell-words.ts";
import type { Application } from "../k8s/argocd/port.ts";
import { isCurrent } from "./current-application.ts";
import type { HealthContext } from "./health-context.ts";

/** What to report about an unhealthy Application. */
export type ApplicationJudgement = Pick<
  CheckFinding,
  "severity" | "summary" | "fix" | "symptomOf" | "obstacle" | "evidence"
>;

type Judge = (application: Application, context: HealthContext) => Promise<ApplicationJudgement | undefined>;

interface ApplicationCheck extends Pick<Check<HealthContext>, "id" | "explain"> {
  /** What is true of all Applications without a finding. */
  readonly well: string;
  /** Whether it also checks Applications whose status may be outdated according to gitops/compared. */
  readonly evenIfOld?: boolean;
}

/** Returns a check that judges every Application; equal judgements are one finding. */
export function applicationCheck(
  { id, explain, well, evenIfOld = false }: ApplicationCheck,
  judge: Judge,
): Check<HealthContext> {
  return {
    id,
    title: "applications",
    explain,
    needs: ["gitops/controller"],
    async run(context) {
      const applications = (await context.gitops.installed()) ? await context.gitops.applications() : [];
      // gitops/controller reports that there are none.
      if (applications.length === 0) return [];
      const judged = await Promise.all(
        applications.map(async (application) => {
          if (!evenIfOld && !(await isCurrent(application, context))) return asOld(id, application);
          const judgement = await judge(application, context);
          return judgement && { id, ...about(application), ...judgement };
        }),
      );
      const findings = judged.filter((each) => each !== undefined);
      const fine = applications.filter((_, at) => judged[at] === undefined).map(shownName);
      if (findings.some(({ severity }) => severity !== "skip") || fine.length === 0) return findings;
      return [...findings, { id, severity: "ok", subject: subjectOf(fine), summary: well }];
    },
  };
}

/** Returns the key of an Application in findings. */
export function applicationKey({ namespace, name }: Pick<Application, "namespace" | "name">): string {
  return `application ${namespace}/${name}`;
}

/** Returns the name alone if the Application is in the namespace of its controller, as most are. */
function shownName({ namespace, name, controllerNamespace = "argocd" }: Application): string {
  return namespace === controllerNamespace ? name : `${namespace}/${name}`;
}

/** Returns an Application as arguments of a gennet command. */
export function words({ namespace, name }: Application): string {
  return namespace === "argocd" ? shell`${name}` : shell`${name} -n ${namespace}`;
}

function about(application: Application): Pick<CheckFinding, "subject" | "about" | "alike"> {
  const name = shownName(application);
  return { subject: `application ${name}`, about: [applicationKey(application)], alike: { name, one: "application" } };
}

/** Skips an Application whose status is outdated, or that is being deleted: other checks report that. */
function asOld(id: string, application: Application): CheckFinding {
  const isLeaving = application.deletingSince !== undefined;
  const summary = isLeaving ? "skipped: it is being deleted" : "skipped: its state may be old";
  const symptomOf = { id: isLeaving ? "gitops/deletion" : "gitops/compared", about: applicationKey(application) };
  return { id, severity: "skip", ...about(application), summary, symptomOf };
}

function subjectOf(names: readonly string[]): string {
  return names.length === 1 ? `application ${names[0]}` : `${names.length} applications (${listed(names)})`;
}
