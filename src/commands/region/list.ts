import { declare } from "../declare.ts";

export const regionList = declare({
  path: ["region", "list"],
  summary: "list the regions of gennet.yaml",
  examples: [
    { run: "gennet region list", says: "List all regions" },
    { run: "gennet region list -o json", says: "For a script" },
  ],
  args: {},
  flags: {},
  answers: "RegionList",
});
