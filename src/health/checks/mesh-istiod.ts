import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { meshCheck } from "../mesh/mesh-check.ts";
import { silences, type SilentPod } from "../silent-pods.ts";
import { listed, counted } from "../../core/enumerate.ts";

const id = "mesh/istiod";
/** Any istiod may be the one that a proxy is connected to. */
export const controlPlane = "istiod";

export const meshIstiod = meshCheck({
  id,
  title: "Istio's control plane",
  explain:
    "Asks every istiod (pods with app=istiod, in any namespace) which proxies are connected to it, through a port-forward to its debug endpoint. One that does not answer is unknown, and so is what its proxies have: the others know only their own. No istiod at all, while pods have proxies, is a failure: the proxies continue with what they have, but nothing new reaches them, and certificates run out. `gennet status` says nothing of a cluster without Istio; `gennet mesh` calls that unknown.",
  async run({ mesh, kubectl }) {
    const planes = await mesh.controlPlanes();
    if (planes.length === 0) {
      const fix = `${kubectl} get deployments,pods -A -l app=istiod`;
      const summary = "none runs, and proxies depend on it";
      return [{ id, severity: "fail", subject: "istiod", about: [controlPlane], summary, fix }];
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
    const summary = `${well === 1 ? "answers" : "answer"}, ${counted(proxies, "connection", "connections")} of proxies`;
    return [...silent, { id, severity: "ok", subject: counted(well, "istiod"), summary, evidence: { proxies } }];
  },
});

function logsOf([first]: readonly SilentPod[], kubectl: string): Pick<Finding, "fix"> {
  return first === undefined ? {} : { fix: `${kubectl} -n ${first.namespace} logs ${first.name} --tail=50` };
}
