import { declare } from "../declare.ts";

export const secretsList = declare({
  path: ["secrets", "list"],
  summary: "list the secrets of all regions, and which ExternalSecrets read them",
  description:
    "What AWS Secrets Manager has, a secret once with its replicas, and who reads it in the clusters. Values are not read. -n shows what a namespace reads. Exit codes: 0 listed, 4 not allowed, 5 a region is not reachable.",
  examples: [
    { run: "gennet secrets list", says: "All regions" },
    { run: "gennet secrets list -n shop -o wide", says: "What a namespace reads, with every ExternalSecret" },
  ],
  args: {},
  flags: {},
  answers: "SecretList",
  load: () => import("./list.run.ts"),
});
