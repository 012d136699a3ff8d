import type { Words } from "./membership.ts";
import { plainYaml } from "./plain-yaml.ts";

/** Returns the ProxyConfig of a pod's annotation as plain data; undefined where there is none, or no YAML. */
export function proxyConfigOf(annotations: Words): unknown {
  return plainYaml(annotations["proxy.istio.io/config"]);
}
