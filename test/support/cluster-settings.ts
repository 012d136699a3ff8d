import type { NewNeptuneCluster } from "../../src/aws/neptune/port.ts";

/** A new cluster of Neptune. */
export const newNeptuneCluster: NewNeptuneCluster = {
  id: "graph",
  version: "1.4.7.0",
  securityGroupIds: ["sg-1"],
  parameterGroup: "graph",
  backupDays: 7,
  deletionProtection: true,
  tagsSnapshots: true,
  requiresIam: true,
  logs: ["audit"],
  keyArn: "arn:aws:kms:eu-west-1:111122223333:key/k",
  subnetGroup: "own",
  tags: { "gennet:platform": "acme" },
};
