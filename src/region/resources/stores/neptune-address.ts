import { ownedOnly } from "../../owned-only.ts";
import { ownTags } from "../../world.ts";
import { neptuneIamResource, neptunePort, neptuneSecretName, wantsNeptune } from "./neptune-facts.ts";
import { neptuneInstances } from "./neptune-instances.ts";
import { storeAddress } from "./store-address.ts";
import { storeSecret } from "./store-secret.ts";

/**
 * What services need to know of Neptune, where they find it of the other stores. There is no password: requests are
 * signed with the credentials of an IAM role.
 * https://docs.aws.amazon.com/neptune/latest/userguide/iam-auth.html
 */
export const neptuneSecret = storeSecret({
  id: "neptune-secret",
  title: "Connection of Neptune",
  scope: "region",
  wanted: wantsNeptune,
  name: neptuneSecretName,
  tags: ownTags,
  owned: (secret, world) => ownedOnly(secret, `secret "${secret.name}"`, world),
  login: { engine: "neptune", auth: "iam" },
  replicas: () => [],
  // It has nothing that a new one would not have.
  storeExists: async () => false,
});

/** The endpoints of the region's Neptune, and what an IAM policy has to name, in the secret of its connection. */
export const neptuneAddress = storeAddress({
  id: "neptune-address",
  title: "Address of Neptune",
  needs: [neptuneInstances, neptuneSecret],
  wanted: wantsNeptune,
  secret: neptuneSecret,
  secretName: neptuneSecretName,
  isWriter: () => true,
  address(at) {
    const cluster = at.output(neptuneInstances);
    if (cluster?.host === undefined) return undefined;
    const { host, reader = host, port = neptunePort } = cluster;
    return { host, reader_host: reader, port, iam_resource: neptuneIamResource(cluster, at.world) };
  },
});
