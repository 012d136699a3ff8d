import { join } from "node:path";
import { type IPty, spawn } from "@lydell/node-pty";
import { build } from "rolldown";
import { onTestFinished } from "vitest";
import { repository, withoutGennet } from "./cli.ts";

/** A program on its own terminal. */
export interface TerminalSession {
  readonly pid: number;
  /** Everything that was written so far, including control sequences. */
  drawn(): string;
  type(text: string): void;
  /** Resolves once the text was written; rejects if the program ends first. */
  until(text: string): Promise<void>;
  readonly ended: Promise<{ readonly exit: number; readonly drawn: string }>;
}

export const ctrlC = "\u0003";

export function onTerminal(
  program: string,
  argv: readonly string[],
  env: Record<string, string> = {},
): TerminalSession {
  const { CI: _ci, NO_COLOR: _noColor, ...inherited } = withoutGennet(process.env);
  const pty: IPty = spawn(program, [...argv], {
    cols: 100,
    rows: 30,
    cwd: repository,
    env: { ...(inherited as Record<string, string>), TERM: "xterm-256color", ...env },
  });
  onTestFinished(() => pty.kill());
  let drawn = "";
  const watchers = new Set<() => void>();
  pty.onData((chunk) => {
    drawn += chunk;
    for (const watcher of watchers) watcher();
  });
  const ended = new Promise<{ exit: number; drawn: string }>((resolve) => {
    pty.onExit(({ exitCode }) => resolve({ exit: exitCode, drawn }));
  });
  return {
    pid: pty.pid,
    drawn: () => drawn,
    type: (text) => pty.write(text),
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!drawn.includes(text)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
        void ended.then(({ exit }) => reject(new Error(`ended with ${exit} before "${text}" was drawn:\n${drawn}`)));
      }),
    ended,
  };
}

/**
 * Builds gennet with the trial commands; returns the file to run, in its own folder. Lazy imports stay lazy: in a
 * single file, every start would load every package, which takes more than a second.
 */
export async function buildTrial(): Promise<string> {
  const folder = join(repository, "node_modules/.cache/gennet-trial", String(process.pid));
  await build({
    input: join(repository, "test/support/trial-gennet.ts"),
    external: /^[^./]/,
    platform: "node",
    output: { dir: folder, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
  });
  return join(folder, "trial-gennet.mjs");
}
