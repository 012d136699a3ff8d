import type { Words } from "./membership.ts";
import { plainYaml } from "./plain-yaml.ts";

/** Returns the ProxyConfig in a pod's annotation as plain data, or undefined if there is none or it is not YAML. */
export function proxyConfigOf(annotations: Words): unknown {
  return plainYaml(annotations["proxy.istio.io/config"]);
}
