import type { NewDbInstance } from "../../src/aws/rds/port.ts";

/** The settings of a new database, without what names it, opens it and encrypts it. */
export const databaseSettings: Omit<NewDbInstance, "id" | "database" | "username" | "password" | "keyArn" | "tags"> = {
  subnetGroup: "own",
  instanceClass: "db.t4g.medium",
  storageGb: 20,
  storageType: "gp3",
  version: "17",
  multiAz: true,
  securityGroupIds: ["sg-1"],
  parameterGroup: "own",
  backupDays: 7,
  deletionProtection: true,
  tagsSnapshots: true,
  isPublic: false,
  lifecycle: "open-source-rds-extended-support",
};
