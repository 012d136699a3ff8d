import { afterEach, describe, expect, it } from "vitest";
import { templateOf, TrialService } from "../../../test/support/updated-service.ts";

const before = {
  "src/orders/app.py": "import os\n",
  "src/orders/problems.py": "class ConflictError(Exception): ...\n",
  "src/orders/calls/__init__.py": "",
  "src/orders/calls/outgoing.py": "class Outgoing: ...\n",
  "tests/serving.py": "def serve(): ...\n",
};
const after = { "src/orders/app.py": "import os\n" };

let service: TrialService;
afterEach(() => service.remove());

describe("imports of a module that an update removed", () => {
  it("An import of a removed module is reported with its line, whatever the form of the import", async () => {
    service = await TrialService.create(templateOf("1.0.0", before));
    const own = [
      "from ..problems import ConflictError",
      "from .. import problems, app",
      "from orders.calls.outgoing import (",
      "    Outgoing,",
      ")",
      "import orders.problems",
      "from ..app import os",
      "from ..problems_of_ours import mine",
    ];
    await service.write("src/orders/pricing/api.py", own.join("\n"));
    await service.write("tests/test_own.py", "from .serving import serve\nfrom tests import serving\n");
    await service.commit();
    const { brokenImports } = await service.update(templateOf("1.1.0", after));
    expect(brokenImports).toEqual([
      { path: "src/orders/pricing/api.py", line: 1, module: "orders.problems" },
      { path: "src/orders/pricing/api.py", line: 2, module: "orders.problems" },
      { path: "src/orders/pricing/api.py", line: 3, module: "orders.calls.outgoing" },
      { path: "src/orders/pricing/api.py", line: 6, module: "orders.problems" },
      { path: "tests/test_own.py", line: 1, module: "tests.serving" },
      { path: "tests/test_own.py", line: 2, module: "tests.serving" },
    ]);
  });

  it("An import is not reported if the service kept the module", async () => {
    service = await TrialService.create(templateOf("1.0.0", before));
    await service.write("src/orders/problems.py", "class ConflictError(Exception): ...\nclass Mine(Exception): ...\n");
    await service.write("src/orders/own.py", "from .problems import Mine\n");
    await service.commit();
    const updated = await service.update(templateOf("1.1.0", after));
    expect(updated).toMatchObject({ conflicts: ["src/orders/problems.py"], brokenImports: [] });
  });
});
