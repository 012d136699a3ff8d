import { readFile } from "node:fs/promises";
import { AppError } from "../../../src/core/error.ts";
import { type Component, titleOf } from "./component.ts";

/** `what` became of the component instead, with the end of its log. */
export async function failedStart(
  component: Pick<Component, "name" | "awsRegion">,
  what: string,
  log: string,
): Promise<AppError> {
  const text = await readFile(log, "utf8").catch(() => "");
  const end = text
    .trimEnd()
    .split("\n")
    .slice(-8)
    .map((line) => `  ${line.slice(0, 400)}`)
    .join("\n");
  const message = `${titleOf(component)} ${what}. The end of ${log}:\n${end}`;
  const again = "Run the command again: it starts only what does not run.";
  const port = takenOfBridge(end);
  const next =
    port === undefined
      ? [again, "gennet sandbox down  # for a fresh start, with other ports"]
      : [
          `ss -ltnp 'sport = :${port}'  # names who listens on all addresses at port ${port}, where pods look for a service: stop it, or have it listen on 127.0.0.1`,
          again,
        ];
  return new AppError("SANDBOX_COMPONENT_FAILED", message, { next });
}

/** The port that was taken, where it is not one of those on the loopback, which a new sandbox chooses again. */
function takenOfBridge(log: string): string | undefined {
  return /listen tcp4? (?!127\.)[\d.]+:(\d+): bind: address already in use/.exec(log)?.[1];
}
