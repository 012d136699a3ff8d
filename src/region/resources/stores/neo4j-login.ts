import { ownedOnly } from "../../owned-only.ts";
import { ownTags } from "../../world.ts";
import { accessEntry } from "../access-entry.ts";
import { askCluster } from "../ask-cluster.ts";
import { neo4jHost, neo4jName, neo4jPort, neo4jSecretName, wantsNeo4j } from "./neo4j-facts.ts";
import { storeAddress } from "./store-address.ts";
import { storeSecret } from "./store-secret.ts";

const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: neo4jName, name: neo4jName };

/** The login of Neo4j's administrator. A volume keeps the first password, so it needs the secret that it began with. */
export const neo4jLogin = storeSecret({
  id: "neo4j-login",
  title: "Login of Neo4j",
  scope: "region",
  needs: [accessEntry],
  inCluster: true,
  wanted: wantsNeo4j,
  name: ({ platform, region }) => neo4jSecretName(platform, region),
  tags: ownTags,
  owned: (secret, world) => ownedOnly(secret, `secret "${secret.name}"`, world),
  login: { username: neo4jName },
  replicas: () => [],
  storeExists: async (at) => {
    const found = await askCluster(at, async (cluster, signal) => (await cluster.get(claim, signal)) !== undefined);
    // What cannot be seen may be there.
    return typeof found === "boolean" ? found : found !== undefined;
  },
});

/** Where services connect to. There is no TLS of Neo4j's own: the sidecars encrypt. */
export const neo4jAddress = storeAddress({
  id: "neo4j-address",
  title: "Address of Neo4j",
  needs: [neo4jLogin],
  wanted: wantsNeo4j,
  secret: neo4jLogin,
  secretName: ({ platform, region }) => neo4jSecretName(platform, region),
  isWriter: () => true,
  address: () => ({ host: neo4jHost, port: neo4jPort, uri: `bolt://${neo4jHost}:${neo4jPort}` }),
});
