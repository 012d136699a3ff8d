import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("NAME", "the service's name, or a reference such as component:default/orders") };
const flags = {
  dir: flag.text("PATH", "where the catalogue is; by default gennet.yaml's folder, else the Git repository"),
};

export type ServiceDescribeInput = Input<typeof args, typeof flags>;

export const serviceDescribe = declare({
  path: ["service", "describe"],
  summary: "show what the catalogue knows of one service",
  description:
    "Its domain, owner and regions, what it depends on and who calls it, with calls from one domain into another marked, and the template and features that gennet made it from. Exit codes: 0 fine, 3 a file of the catalogue cannot be read, or a service is declared twice.",
  examples: [
    { run: "gennet service describe orders", says: "One service" },
    { run: "gennet service describe orders --dir services -o json", says: "One of another folder, for a script" },
  ],
  args,
  flags,
  answers: "ServiceDescription",
  load: () => import("./describe.run.ts"),
});
