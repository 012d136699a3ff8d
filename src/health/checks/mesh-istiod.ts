import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { ofComponent } from "../components/component-reads.ts";
import { meshCheck } from "../mesh/mesh-check.ts";
import { silences, type SilentPod } from "../silent-pods.ts";
import { listed, counted } from "../../core/enumerate.ts";

const id = "mesh/istiod";
/** The key of all istiods in findings: a proxy may be connected to any of them. */
export const controlPlane = "istiod";

export const meshIstiod = meshCheck({
  id,
  title: "Istio's control plane",
  explain:
    "Asks every istiod (pods with app=istiod, in any namespace) which proxies are connected to it, through a port-forward to its debug endpoint. An istiod that does not answer is unknown, and so is the state of its proxies, because the others only know their own. No istiod at all, while pods have proxies, is a failure: the proxies keep their configuration, but receive no changes, and their certificates expire. `gennet status` skips a cluster without Istio; `gennet mesh` reports it as unknown.",
  async run({ mesh, kubectl }) {
    const planes = await mesh.controlPlanes();
    if (planes.length === 0) {
      const fix = `${kubectl} get deployments,pods -A -l app=istiod`;
      const summary = "none is running, and proxies depend on it";
      const symptomOf = ofComponent("istio");
      return [{ id, severity: "fail", subject: "istiod", about: [controlPlane], summary, fix, symptomOf }];
    }
    const pods = planes.flatMap(({ namespace, pod: name, proxies }) =>
      proxies instanceof AppError ? [{ namespace, name, error: proxies }] : [],
    );
    const subject = (alike: readonly SilentPod[]): string => listed(alike.map(({ name }) => name));
    const silent = silences(pods, subject, () => controlPlane).map((each): Finding => ({
      id,
      ...each,
      ...(each.obstacle === "denied" ? {} : logsOf(pods, kubectl)),
    }));
    const well = planes.length - pods.length;
    if (well === 0) return silent;
    const proxies = planes.flatMap((plane) => (plane.proxies instanceof AppError ? [] : plane.proxies)).length;
    const summary = `${well === 1 ? "answers" : "answer"}, ${counted(proxies, "proxy connection")}`;
    return [...silent, { id, severity: "ok", subject: counted(well, "istiod"), summary, evidence: { proxies } }];
  },
});

function logsOf([first]: readonly SilentPod[], kubectl: string): Pick<Finding, "fix"> {
  return first === undefined ? {} : { fix: `${kubectl} -n ${first.namespace} logs ${first.name} --tail=50` };
}
