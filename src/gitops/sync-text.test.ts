import { expect, it } from "vitest";
import type { TextView } from "../core/command.ts";
import type { SyncReport, SyncedApplication } from "./sync-report.ts";
import { syncText } from "./sync-text.ts";

const plain: TextView = { wide: false, columns: 120, paint: (_tone, text) => text };

it("The next step for several Applications is one line that can be pasted, below their names", () => {
  const next = ["kubectl -n argocd get applications"];
  const about = { region: "eu", namespace: "argocd", outcome: "blocked", message: "", revisions: [] } as const;
  const state = { sync: "OutOfSync", health: "Healthy", queuedMs: 0, retries: 0, durationMs: 0 } as const;
  const items = ["orders", "stock"].map((name): SyncedApplication => ({ ...about, ...state, name, next }));
  const report: SyncReport = { kind: "SyncReport", id: "1", dryRun: false, items, findings: [] };
  expect(syncText(report, plain).next).toEqual(["orders, stock:", "  → kubectl -n argocd get applications"]);
});
