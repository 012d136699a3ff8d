import type { Platform } from "../../../platform/schema.ts";
import type { ComponentWorld } from "../../components/component.ts";

export const neo4jPort = 7687;
/** Its namespace, Service, StatefulSet and user. */
export const neo4jName = "neo4j";
export const neo4jHost = `${neo4jName}.${neo4jName}.svc.cluster.local`;

export function wantsNeo4j({ platform }: Pick<ComponentWorld, "platform">): boolean {
  return platform.stores.graph === "neo4j";
}

/** Each region has its own data and login, also where two regions share an AWS region. */
export function neo4jSecretName(platform: Pick<Platform, "name">, region: { readonly name: string }): string {
  return `${platform.name}/${region.name}/neo4j`;
}
