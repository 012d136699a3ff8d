import { parse } from "yaml";
import type { Words } from "./membership.ts";

/** Returns the ProxyConfig of a pod's annotation as plain data; undefined where there is none, or no YAML. */
export function proxyConfigOf(annotations: Words): unknown {
  const written = annotations["proxy.istio.io/config"];
  if (typeof written !== "string") return undefined;
  try {
    return parse(written, { logLevel: "error" });
  } catch {
    return undefined;
  }
}
