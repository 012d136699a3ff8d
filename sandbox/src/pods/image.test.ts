import { describe, expect, it } from "vitest";
import { findImage, type Image, isReference, repositoryOf, withImage } from "./image.ts";

const image = (name: string, folder = "/a"): Image => ({ name, folder, entrypoint: ["run"], cmd: [], env: {} });

it.each([
  ["orders", "orders"],
  ["orders:1.2", "orders"],
  ["localhost:5000/shop/orders", "localhost:5000/shop/orders"],
  ["localhost:5000/shop/orders:1@sha256:ab", "localhost:5000/shop/orders"],
])("repositoryOf %s is %s", (reference, repository) => expect(repositoryOf(reference)).toBe(repository));

describe("findImage", () => {
  const images = [image("orders"), image("orders:2", "/b"), image("other:1")];
  it.each([
    ["orders:1", "/a"],
    ["orders", "/a"],
    ["orders:2", "/b"],
    ["other:1", "/a"],
  ])("The image %s runs from %s", (reference, folder) => expect(findImage(images, reference)?.folder).toBe(folder));

  it.each(["other:2", "other", "shop/orders:1", "orders-api:1"])("The image %s is not registered", (reference) =>
    expect(findImage(images, reference)).toBeUndefined(),
  );
});

it("withImage replaces an image of the same name", () => {
  expect(withImage([image("a"), image("b")], image("a", "/new"))).toEqual([image("b"), image("a", "/new")]);
});

it("withImage replaces the sole tag of a repository by its new one, and no tag that a user has registered", () => {
  const sole = (name: string): Image => ({ ...image(name), soleTag: true });
  expect(withImage([sole("a:1"), image("a:own"), sole("b:1")], sole("a:2"))).toEqual([
    image("a:own"),
    sole("b:1"),
    sole("a:2"),
  ]);
});

it("isReference recognises names of images", () => {
  expect(["orders", "a.b/c_d:1.0", "host:5000/x@sha256:" + "a".repeat(64)].every(isReference)).toBe(true);
  expect(["", "Orders", "a b", "a:", '"', "a//b"].filter(isReference)).toEqual([]);
});
