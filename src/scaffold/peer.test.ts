import { describe, expect, it } from "vitest";
import { checkPeers, peerOf } from "./peer.ts";

describe("the peers of a service", () => {
  it("The peers of a service are other services, each once", () => {
    expect(() => checkPeers("orders", "--depends-on", [])).not.toThrow();
    expect(() => checkPeers("orders", "--depends-on", ["payments", "calendar", "y", "a".repeat(63)])).not.toThrow();
  });

  it.each([
    [["payments", "payments"], "it is named twice"],
    [["stock", "orders"], "a service cannot call itself"],
    [["Stock"], "it must be a DNS label"],
    [["a_b"], "it must be a DNS label"],
    [["a".repeat(64)], "it must be a DNS label"],
    [[""], "it must be a DNS label"],
    [["../x"], "it must be a DNS label"],
    [["import"], 'its Python module "import" is a Python keyword'],
    [["a1-b", "stock", "a-1-b"], 'its Python classes begin with "A1B", like those of "a1-b"'],
  ])("The peers of a service cannot be %j: %s", (names, problem) => {
    expect(() => checkPeers("orders", "--called-by", names)).toThrow(
      expect.objectContaining({
        code: "SCAFFOLD_PEER_INVALID",
        message: expect.stringMatching(new RegExp(`^--called-by: .* is invalid: ${problem}`)) as string,
      }),
    );
  });

  it("The peers of a service have a module, a class name, and a scalar that YAML reads as text", () => {
    expect(peerOf("order-intake")).toEqual({
      name: "order-intake",
      yaml: "order-intake",
      module: "order_intake",
      type: "OrderIntake",
    });
    expect(peerOf("y").yaml).toBe('"y"');
    expect(peerOf("a--b").type).toBe("A_B");
  });
});
