import { readFile } from "node:fs/promises";
import { AppError } from "../../../src/core/error.ts";
import { type Component, titleOf } from "./component.ts";

/** Returns the error for a component that did not start: `what` happened instead, with the end of its log. */
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
  const again = "Run the command again: it starts only what is not running.";
  const port = takenOfBridge(end);
  const next =
    port === undefined
      ? [again, "gennet sandbox down  # for a fresh start, with other ports"]
      : [
          `ss -ltnp 'sport = :${port}'  # shows which program listens on port ${port}, where pods expect a service: stop it, or make it listen on 127.0.0.1`,
          again,
        ];
  return new AppError("SANDBOX_COMPONENT_FAILED", message, { next });
}

/** Returns the port that was taken, unless it is on the loopback, where a new sandbox chooses another one. */
function takenOfBridge(log: string): string | undefined {
  return /listen tcp4? (?!127\.)[\d.]+:(\d+): bind: address already in use/.exec(log)?.[1];
}
