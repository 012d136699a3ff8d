import { describe, expect, it } from "vitest";
import { importing, laidOut, sorted } from "./python-layout.ts";

const long = "z".repeat(63);

describe("Python as Ruff formats it, whatever the names", () => {
  it("Python code has a call on one line if it fits", () => {
    expect(laidOut("    url: str = ", ["in_cluster", '"payments"'])).toBe('    url: str = in_cluster("payments")');
  });

  it("Python code has a call's arguments on the next line, otherwise each on its own", () => {
    expect(laidOut(`    ${long}_url: str = `, ["in_cluster", `"${long}"`])).toBe(
      `    ${long}_url: str = in_cluster(\n        "${long}"\n    )`,
    );
    const client = ["outgoing.client", `"${long}"`, `settings.${long}_url`] as const;
    expect(laidOut(`        ${long}=`, ["Client", client], ",")).toBe(
      [
        `        ${long}=Client(`,
        "            outgoing.client(",
        `                "${long}",`,
        `                settings.${long}_url,`,
        "            ),",
        "        ),",
      ].join("\n"),
    );
  });

  it("Python code has its imports and the names in them in order, on as many lines as needed", () => {
    expect(importing(".model", "NewAbc", "Abc", "AbcPage")).toBe("from .model import Abc, AbcPage, NewAbc");
    expect(importing(`.${long}`, `${long}Client`)).toBe(`from .${long} import (\n    ${long}Client,\n)`);
    expect(
      sorted("from .settings import S", false, "from .parts import P", undefined, "from .parcels.api import A"),
    ).toBe("from .parcels.api import A\nfrom .parts import P\nfrom .settings import S");
  });
});
