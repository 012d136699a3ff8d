import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  image: argument.optional("NAME", "the image, with a tag for that tag only; without NAME, lists all"),
  path: argument.optional("PATH", "the folder to run its containers from"),
  command: argument.many("COMMAND", "the command to run (default: from the Dockerfile in the folder)"),
};
const flags = {
  name: flag.textOr("NAME", "default", "the name of the sandbox"),
  upstream: flag.switch("register the images of Argo CD, Istio and the platform's other components instead"),
};

export type SandboxImageInput = {
  readonly image: string | undefined;
  readonly path: string | undefined;
  readonly command: readonly string[];
  readonly name: string;
  readonly upstream: boolean;
};

export const sandboxImage = declare({
  path: ["sandbox", "image"],
  summary: "run the containers of an image as real processes",
  description:
    "From then on, every new pod with a container of this image runs as processes of this machine, in its own namespaces. All " +
    "other pods stay simulated. Needs Linux and root.",
  examples: [
    {
      run: "gennet sandbox image orders services/orders",
      says: "Run a service: the ENTRYPOINT of its Dockerfile, in its .venv",
    },
    { run: "gennet sandbox image echo:1 tools/echo -- python3 server.py", says: "Run any command, for one tag only" },
    { run: "gennet sandbox image --upstream", says: "Run the platform's own components, and create the chart mirror" },
    { run: "gennet sandbox image", says: "List the registered images" },
  ],
  args,
  flags,
  answers: "SandboxImages",
});
