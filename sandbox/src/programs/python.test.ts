import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realClock } from "../../../test/support/real-clock.ts";
import { findPython } from "./python.ts";
import type { Setting } from "../setting.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "python-"));
  await mkdir(join(folder, "path"));
});
afterEach(() => rm(folder, { recursive: true }));

async function python(name: string, script: string): Promise<void> {
  const path = join(folder, "path", name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

function setting(): Setting {
  const env = { PATH: join(folder, "path"), XDG_CACHE_HOME: join(folder, "cache") };
  return { host: { env, home: folder, clock: realClock }, emit: () => undefined, signal: new AbortController().signal };
}

const refusal = (): Promise<unknown> => findPython(setting(), () => undefined).catch((error: unknown) => error);

describe("findPython", () => {
  it("findPython reports that Python is missing", async () => {
    expect(await refusal()).toMatchObject({
      code: "SANDBOX_PYTHON_MISSING",
      message: expect.stringContaining("Python 3.11 or newer; it is not on the PATH"),
    });
  });

  it("findPython reports a Python that is too old", async () => {
    await python("python3", "echo Python 3.9.18");
    expect(await refusal()).toMatchObject({ message: expect.stringContaining("python3 is 3.9.18") });
  });

  it("findPython reports the missing module of a candidate, and tries the next one", async () => {
    await python("python3", '[ "$1" = --version ] && echo Python 3.12.1 || exit 1');
    await python("python", "echo Python 2.7.18");
    const message = "python3 3.12.1 lacks the module venv or ensurepip, python is 2.7.18";
    expect(await refusal()).toMatchObject({ message: expect.stringContaining(message) });
  });

  it("findPython shows pip's output if it fails, and does not use the incomplete environment", async () => {
    await python("python3", pretended);
    expect(await refusal()).toMatchObject({
      code: "SANDBOX_BUILD_FAILED",
      message: expect.stringContaining("No matching distribution"),
    });
    expect(await refusal()).toMatchObject({ code: "SANDBOX_BUILD_FAILED" });
  });
});

/** A Python that creates an environment whose pip finds no packages. */
const pretended = `
case "$1 $2" in
  --version*) echo Python 3.12.1 ;;
  "-m venv") /bin/mkdir -p "$3/bin"
    printf '#!/bin/sh\\necho "ERROR: No matching distribution" >&2\\nexit 1\\n' > "$3/bin/python"
    /bin/chmod +x "$3/bin/python" ;;
esac`;
