import { list, texts } from "../core/fields.ts";
import { standsFor } from "./hosts.ts";

/**
 * Returns whether a Sidecar imports a service, so that calls to it are part of the mesh. Without egress, it imports
 * everything. An entry is `NAMESPACE/HOST`, where `.` is the Sidecar's own namespace, `*` any and `~` none; an entry
 * that begins with `!` excludes. `namespace` is the service's; undefined if unknown, so that any may match.
 * https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioEgressListener
 */
export function importsHost(spec: unknown, own: string, host: string, namespace: string | undefined): boolean {
  const listeners = list(spec, "egress");
  if (listeners.length === 0) return true;
  return listeners.some((listener) => {
    const entries = texts(listener, "hosts").map((entry) => {
      const isExclusion = entry.startsWith("!");
      const [within = "", name = ""] = entry.replace(/^!/, "").split("/");
      const isThere =
        (within === "." ? own : within === "*" || within === "" ? namespace : within) === namespace ||
        namespace === undefined;
      return { isExclusion, isMeant: within !== "~" && isThere && (name === "*" || standsFor(name, host)) };
    });
    const meant = entries.filter(({ isMeant }) => isMeant);
    return meant.some(({ isExclusion }) => !isExclusion) && !meant.some(({ isExclusion }) => isExclusion);
  });
}
