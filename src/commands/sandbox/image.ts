import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  image: argument.optional("NAME", "the image: with a tag that one alone, without all its tags; none to list them"),
  path: argument.optional("PATH", "the folder that its containers run from"),
  command: argument.many("COMMAND", "what they run; else what the folder's Dockerfile says"),
};
const flags = { name: flag.textOr("NAME", "default", "the sandbox's name") };

export type SandboxImageInput = {
  readonly image: string | undefined;
  readonly path: string | undefined;
  readonly command: readonly string[];
  readonly name: string;
};

export const sandboxImage = declare({
  path: ["sandbox", "image"],
  summary: "say from which folder containers of an image run; pods of it become real",
  description:
    "From then on every new pod with a container of this image, however it comes, runs as processes of this machine in\n" +
    "its own namespaces. It needs Linux and root. All other pods stay simulated.",
  examples: [
    { run: "gennet sandbox image orders services/orders", says: "A service: its ENTRYPOINT, in its .venv" },
    { run: "gennet sandbox image echo:1 tools/echo -- python3 server.py", says: "Any command, for one tag" },
    { run: "gennet sandbox image", says: "What is registered" },
  ],
  args,
  flags,
  answers: "SandboxImages",
  load: () => import("./image.run.ts"),
});
