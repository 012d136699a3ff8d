import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("NAME", "the name of the service, or a reference such as component:default/orders") };
const flags = {
  dir: flag.text("PATH", "the catalogue's folder (default: the folder of gennet.yaml, or the Git repository)"),
};

export type ServiceDescribeInput = Input<typeof args, typeof flags>;

export const serviceDescribe = declare({
  path: ["service", "describe"],
  summary: "show a service of the catalogue",
  description:
    "Shows its domain, owner and regions, its dependencies and callers, and the template and features it was made from. Calls between domains are marked. Exit codes: 0 shown, 3 a file of the catalogue cannot be read, or a service is declared twice.",
  examples: [
    { run: "gennet service describe orders", says: "Show one service" },
    {
      run: "gennet service describe orders --dir services -o json",
      says: "Use another folder's catalogue, for a script",
    },
  ],
  args,
  flags,
  answers: "ServiceDescription",
});
