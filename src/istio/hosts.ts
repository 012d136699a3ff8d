import { isIP } from "node:net";

const clusterDomain = "svc.cluster.local";

/**
 * Returns a host as istiod resolves it: only a name without a dot is completed, with the namespace of the object that
 * contains it. `payments.shop` and `payments.shop.svc` stay unchanged, and match no Service. Source: istio
 * pilot/pkg/model/config.go, ResolveShortnameToFQDN.
 */
export function resolveHost(host: string, namespace: string): string {
  if (host === "" || host === "*" || host.includes(".") || isIP(host) !== 0) return host;
  return `${host}.${namespace}.${clusterDomain}`;
}

/** Returns the namespace of the Service for a resolved host, or undefined for any other host. */
export function namespaceOfHost(host: string): string | undefined {
  return /^[^.*]+\.([^.]+)\.svc\.cluster\.local$/.exec(host)?.[1];
}

export function isWildcard(host: string): boolean {
  return host.startsWith("*");
}

/** Returns whether a resolved host, which may begin with a wildcard, matches another one. */
export function standsFor(pattern: string, host: string): boolean {
  return isWildcard(pattern) ? host.endsWith(pattern.slice(1)) : pattern === host;
}

/**
 * Returns the most specific of the matching hosts: the name itself, otherwise the longest wildcard. Source: istio
 * pilot/pkg/model/config.go, MostSpecificHostMatch; pkg/config/host/names.go, MoreSpecific.
 */
export function mostSpecific(hosts: Iterable<string>, host: string): string | undefined {
  let best: string | undefined;
  for (const each of hosts) {
    if (each === host) return each;
    if (!isWildcard(each) || !standsFor(each, host)) continue;
    if (best === undefined || each.length > best.length || (each.length === best.length && each < best)) best = each;
  }
  return best;
}
