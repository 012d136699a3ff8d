import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import { counted } from "../fold-alike.ts";
import { meshCheck } from "../mesh/mesh-check.ts";

const id = "mesh/istiod";

export const meshIstiod = meshCheck({
  id,
  title: "Istio's control plane",
  explain:
    "Asks every istiod (pods with app=istiod in istio-system) which proxies are connected to it, through a port-forward to its debug endpoint. One that does not answer is unknown, and so is what its proxies have: the others know only their own. No istiod at all, while pods have proxies, is a failure: the proxies go on with what they have, but nothing new reaches them, and certificates run out. `gennet status` says nothing of a cluster without Istio; `gennet mesh` calls that unknown.",
  async run({ mesh, kubectl }) {
    const planes = await mesh.controlPlanes();
    const inIstio = `${kubectl} -n istio-system`;
    if (planes.length === 0) {
      const fix = `${inIstio} get deployments,pods`;
      return [{ id, severity: "fail", subject: "istiod", summary: "none runs, and proxies depend on it", fix }];
    }
    const silent = planes.flatMap(({ pod, proxies }): Finding[] =>
      proxies instanceof AppError
        ? [{ id, subject: pod, ...unknownBecause(proxies), fix: `${inIstio} logs ${pod} --tail=50` }]
        : [],
    );
    const well = planes.length - silent.length;
    if (well === 0) return silent;
    const proxies = planes.flatMap((plane) => (plane.proxies instanceof AppError ? [] : plane.proxies)).length;
    const summary = `${well === 1 ? "answers" : "answer"}, ${counted(proxies, "connection", "connections")} of proxies`;
    return [...silent, { id, severity: "ok", subject: counted(well, "istiod"), summary, evidence: { proxies } }];
  },
});
