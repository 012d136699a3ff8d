import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/core/event.ts";
import { AppError } from "../../../src/core/error.ts";
import { findServerPrograms, isServerGuard } from "./server-programs.ts";

const programs = { postgres: async () => "/opt/postgres/bin", redis: async () => "/opt/valkey-server" };

describe("the programs of RDS and ElastiCache", () => {
  it("The programs of RDS and ElastiCache are those of the data stores", async () => {
    const events: Event[] = [];
    const found = await findServerPrograms(programs, { emit: (event) => void events.push(event) });
    expect(found).toEqual({ postgresFolder: "/opt/postgres/bin", valkey: "/opt/valkey-server" });
    expect(events).toEqual([]);
  });

  it("A sandbox whose PostgreSQL cannot be downloaded starts with a note", async () => {
    const events: Event[] = [];
    const postgres = async (): Promise<string> => {
      throw new AppError("SANDBOX_BUILD_FAILED", "Cannot create the Python environment: offline", { next: [] });
    };
    const found = await findServerPrograms({ ...programs, postgres }, { emit: (event) => void events.push(event) });
    expect(found).toBeUndefined();
    expect(events).toEqual([{ type: "note", level: "warn", text: expect.stringMatching(/no data .* offline/) }]);
  });

  it("A failure that is not the download's is not hidden", async () => {
    const redis = async (): Promise<string> => {
      throw new TypeError("a bug");
    };
    await expect(findServerPrograms({ ...programs, redis }, { emit: () => undefined })).rejects.toThrow("a bug");
  });

  it("A guard of a database is recognized by its command line, and a process that mentions the folder is not", () => {
    const guard = ["/venv/bin/python", "-I", "/pkg/sandbox/aws/emulator/servers/guard.py", "2", "postgres", "-D", "/s"];
    expect(isServerGuard({ args: guard })).toBe(true);
    expect(isServerGuard({ args: ["/venv/bin/python", "-m", "emulator", "--config", "/s/aws/config.json"] })).toBe(false);
  });
});
