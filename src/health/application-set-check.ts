import type { Check, CheckFinding } from "../core/check.ts";
import type { Application, ApplicationSet } from "../k8s/argocd/port.ts";
import type { HealthContext } from "./health-context.ts";
import { withWell } from "./with-well.ts";

interface ApplicationSetCheck extends Pick<Check<HealthContext>, "id" | "explain"> {
  readonly title: string;
  /** Which ApplicationSets the check is about. */
  readonly concerns?: (set: ApplicationSet) => boolean;
  /** What is true of those without a finding. */
  readonly well: string;
}

/** What to report about an unhealthy ApplicationSet. */
export type SetJudgement = Pick<CheckFinding, "severity" | "summary" | "fix" | "symptomOf" | "evidence">;

type Judge = (
  set: ApplicationSet,
  applications: readonly Application[],
  context: HealthContext,
) => Promise<readonly SetJudgement[]>;

/** Returns a check that judges every ApplicationSet, with the Applications that it generated. */
export function applicationSetCheck(
  { id, title, explain, concerns = () => true, well }: ApplicationSetCheck,
  judge: Judge,
): Check<HealthContext> {
  return {
    id,
    title,
    explain,
    needs: ["gitops/controller"],
    async run(context) {
      const { gitops } = context;
      // gitops/controller reports that there is no Argo CD.
      const sets = (await gitops.installed()) ? (await gitops.applicationSets()).filter(concerns) : [];
      if (sets.length === 0) return [];
      const applications = await gitops.everyApplication();
      const judged = await Promise.all(
        sets.map(async (set) => {
          const judgements = await judge(
            set,
            applications.filter((each) => makes(set, each)),
            context,
          );
          return judgements.map((each): CheckFinding => ({ id, ...about(set), ...each }));
        }),
      );
      const count = judged.filter((each) => each.length === 0).length;
      return withWell(judged.flat(), { id, count, one: "ApplicationSet", summary: well, none: "there are none" });
    },
  };
}

function makes({ namespace, name }: ApplicationSet, application: Application): boolean {
  return application.namespace === namespace && application.applicationSet === name;
}

/** Returns the key of an ApplicationSet in findings. */
export function applicationSetKey({ namespace, name }: Pick<ApplicationSet, "namespace" | "name">): string {
  return `applicationset ${namespace}/${name}`;
}

function about(set: ApplicationSet): Pick<CheckFinding, "subject" | "about"> {
  const { namespace, name } = set;
  return {
    subject: `applicationset ${namespace === "argocd" ? name : `${namespace}/${name}`}`,
    about: [applicationSetKey(set)],
  };
}
