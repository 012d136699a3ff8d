import { describe, expect, it } from "vitest";
import { mergeImports } from "./python-imports.ts";

const conflict = (ours: string, base: string, theirs: string): string =>
  `import json\n\n<<<<<<< yours\n${ours}||||||| 1234567\n${base}=======\n${theirs}>>>>>>> fastapi-service-1.0.0\nfrom .settings import Settings\n`;
const resolved = (lines: string): string => `import json\n\n${lines}from .settings import Settings\n`;

describe("imports that both sides changed at one place", () => {
  it.each([
    ["added on both sides", "from .b import B\n", "", "from .a import A\n", "from .a import A\nfrom .b import B\n"],
    ["the same name added twice", "from .a import A\n", "", "from .a import A\n", "from .a import A\n"],
    ["other names of one module", "from .a import A, C\n", "", "from .a import B\n", "from .a import A, B, C\n"],
    [
      "one extended, one with a name less",
      "from .a import A, B, C\n",
      "from .a import A, B\n",
      "from .a import A\n",
      "from .a import A, C\n",
    ],
    ["one removed, one added", "", "from .a import A\n", "from .a import A\nfrom .b import B\n", "from .b import B\n"],
    ["whole modules come first", "import uuid\n", "", "from .a import A\n", "import uuid\nfrom .a import A\n"],
  ])("Imports that both sides changed at one place are merged: %s", (_what, ours, base, theirs, merged) => {
    expect(mergeImports(conflict(ours, base, theirs))).toBe(resolved(merged));
  });

  it.each([
    ["code", "a = 1\n", "", "from .a import A\n"],
    ["an import with another name", "from .a import A as B\n", "", "from .a import A\n"],
    ["an import inside a function", "    import uuid\n", "", "    import json\n"],
  ])("Imports that both sides changed are left to the user next to %s", (_what, ours, base, theirs) => {
    expect(mergeImports(conflict(ours, base, theirs))).toBeUndefined();
  });

  it("Imports that both sides changed are left to the user if another conflict remains", () => {
    const imports = conflict("from .b import B\n", "", "from .a import A\n");
    expect(mergeImports(imports + conflict("a = 1\n", "", "a = 2\n"))).toBeUndefined();
  });
});
