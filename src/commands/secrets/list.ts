import { declare } from "../declare.ts";

export const secretsList = declare({
  path: ["secrets", "list"],
  summary: "list the secrets of every region, and their ExternalSecrets",
  description:
    "Lists the secrets in AWS Secrets Manager, each with its replicas, and the ExternalSecrets in the clusters that read them. Does not read any values. -n lists the secrets that a namespace reads. Exit codes: 0 listed, 4 permission denied, 5 a region is unreachable.",
  examples: [
    { run: "gennet secrets list", says: "List all regions" },
    {
      run: "gennet secrets list -n shop -o wide",
      says: "List the secrets that a namespace reads, with every ExternalSecret",
    },
  ],
  args: {},
  flags: {},
  answers: "SecretList",
});
