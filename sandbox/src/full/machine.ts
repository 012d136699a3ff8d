import { platform } from "node:os";
import { AppError } from "../../../src/core/error.ts";
import { definedOnly } from "../programs/go-toolchain.ts";
import type { Setting } from "../setting.ts";

/** What profile full requires of a machine. */
export interface Machine {
  readonly platform: string;
  readonly isRoot: boolean;
  /** Returns whether this program is on the PATH. */
  has(program: string): Promise<boolean>;
}

/** Throws SANDBOX_FULL_UNSUPPORTED with everything that this machine lacks. */
export async function requireMachine(machine: Machine): Promise<void> {
  const lacking = [
    ...(machine.platform === "linux" ? [] : ["Linux, whose network namespaces separate the pods"]),
    ...(machine.isRoot ? [] : ["root, which network namespaces require"]),
    ...((await machine.has("ip")) ? [] : ["ip, the program of iproute2"]),
    ...((await machine.has("nsenter")) ? [] : ["nsenter, of util-linux"]),
    ...((await machine.has("git")) ? [] : ["git, which Argo CD uses to read its repository"]),
  ];
  if (lacking.length === 0) return;
  throw new AppError("SANDBOX_FULL_UNSUPPORTED", `Profile full needs ${lacking.join("; ")}.`, {
    next: [
      "gennet sandbox up  # without --profile: control planes, AWS and the API definitions of Istio, Argo CD and External Secrets, with simulated pods",
    ],
  });
}

export function thisMachine(setting: Setting): Machine {
  return {
    platform: platform(),
    isRoot: process.getuid?.() === 0,
    has: async (program) => {
      const { execa } = await import("execa");
      const env = definedOnly({ PATH: setting.host.env["PATH"] });
      // Not all of them support this flag.
      const { code } = await execa(program, ["--version"], { env, extendEnv: false, reject: false });
      return code !== "ENOENT";
    },
  };
}
