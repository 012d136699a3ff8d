import { AppError } from "../../../src/core/error.ts";
import type { Component } from "../processes/component.ts";

/** What can be down on purpose: whole components, by the names of their processes, or of the part that pods run. */
const kinds = {
  /** Its API server is unreachable; the data in etcd stays. */
  region: ["kube-apiserver"],
  istiod: ["istiod"],
  argocd: ["argocd", "argocd-repo-server", "argocd-application-controller", "argocd-server"],
  eso: ["eso", "external-secrets"],
  /** Where spans end, with the images of the platform. */
  tracing: ["tracing"],
  store: ["store-postgres", "store-redis", "store-neo4j"],
} as const;

type FaultKind = keyof typeof kinds;

export interface Fault {
  readonly kind: FaultKind;
  /** The name of one store; without it, all stores. */
  readonly store?: string;
  /** The regions; none for every region of the sandbox. */
  readonly regions: readonly string[];
}

export const parts: readonly string[] = Object.keys(kinds);

/** Returns whether WHAT is a component of a sandbox; otherwise it is a pod. */
export function isPart(what: string): boolean {
  return Object.hasOwn(kinds, what);
}

/** Parses `WHAT [NAME]`; `regions` are those of --region. Throws USAGE_INVALID. */
export function parseFault(what: string, name: string | undefined, regions: readonly string[]): Fault {
  if (!isPart(what)) {
    throw new AppError("USAGE_INVALID", `WHAT: "${what}" is not one of ${parts.join(", ")}.`);
  }
  const kind = what as FaultKind;
  if (kind === "region") {
    const named = name === undefined ? regions : [name, ...regions];
    if (named.length > 0) return { kind, regions: named };
    throw new AppError("USAGE_INVALID", "NAME: the region is missing.", {
      next: ["gennet sandbox fail region eu-west-1"],
    });
  }
  if (kind === "store") return { kind, regions, ...(name === undefined ? {} : { store: name }) };
  if (name === undefined) return { kind, regions };
  throw new AppError("USAGE_INVALID", `NAME: ${kind} takes no name; select regions with --region.`);
}

/** A component, or a part of the platform that runs as pods of a region. */
export type FaultTarget = Pick<Component, "id" | "name" | "awsRegion">;

/** Returns those of the components and parts that a fault means. Throws REGION_UNKNOWN and SANDBOX_FAULT_UNKNOWN. */
export function targetsOf<T extends FaultTarget>(fault: Fault, components: readonly T[], sandbox: string): readonly T[] {
  const known = [...new Set(components.flatMap(({ awsRegion = [] }) => awsRegion))];
  const unknown = fault.regions.find((region) => !known.includes(region));
  if (unknown !== undefined) {
    throw new AppError("REGION_UNKNOWN", `Sandbox ${sandbox} has no region "${unknown}".`, {
      next: [`It has: ${known.join(", ")}`],
    });
  }
  const names: readonly string[] = fault.store === undefined ? kinds[fault.kind] : [`store-${fault.store}`];
  const found = components.filter(
    ({ name, awsRegion }) =>
      names.includes(name) && (fault.regions.length === 0 || fault.regions.includes(awsRegion ?? "")),
  );
  if (found.length > 0) return found;
  const what = fault.store === undefined ? fault.kind : `store ${fault.store}`;
  throw new AppError("SANDBOX_FAULT_UNKNOWN", `Sandbox ${sandbox} has no ${what}.`, {
    next: ["gennet sandbox status  # lists its components", "gennet explain SANDBOX_FAULT_UNKNOWN"],
  });
}
