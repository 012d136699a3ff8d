import { describe, expect, it } from "vitest";
import { importing, laidOut, sorted } from "./python-layout.ts";

const long = "z".repeat(63);

describe("Python as Ruff formats it, whatever the names", () => {
  it("has a call on one line where it fits", () => {
    expect(laidOut("    url: str = ", ["in_cluster", '"payments"'])).toBe('    url: str = in_cluster("payments")');
  });

  it("has its arguments on the next line, then each on one", () => {
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

  it("has imports in order, with the names of each in order, on as many lines as they need", () => {
    expect(importing(".model", "NewAbc", "Abc", "AbcPage")).toBe("from .model import Abc, AbcPage, NewAbc");
    expect(importing(`.${long}`, `${long}Client`)).toBe(`from .${long} import (\n    ${long}Client,\n)`);
    expect(
      sorted("from .settings import S", false, "from .parts import P", undefined, "from .parcels.api import A"),
    ).toBe("from .parcels.api import A\nfrom .parts import P\nfrom .settings import S");
  });
});
