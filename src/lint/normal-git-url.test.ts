import { expect, it } from "vitest";
import { normalGitUrl } from "./normal-git-url.ts";

// Each line is what NormalizeGitURL of Argo CD v3.5.7 returned.
it.each([
  ["https://git.example/ACME/Orders.git", "https://git.example/acme/orders"],
  ["https://git.example/acme/orders.git/", "https://git.example/acme/orders.git/"],
  ["https://git.example/acme/*", "https://git.example/acme/*"],
  ["https://git.example/acme/[ab]*", "https://git.example/acme/[ab]*"],
  ["https://*.example/x", "https://*.example/x"],
  ["*", "*"],
  ["git@github.com:acme/orders.git", "git@github.com/acme/orders"],
  ["ssh://git@github.com/acme/orders.git", "git@github.com/acme/orders"],
  ["ssh://git@github.com:22/acme/orders.git", "git@github.com:22/acme/orders"],
  ["registry-1.docker.io/bitnamicharts", "registry-1.docker.io/bitnamicharts"],
  ["localhost:5000/charts", "localhost:5000/charts"],
  ["oci://ghcr.io/acme/charts", "oci://ghcr.io/acme/charts"],
  ["https://git.example/r?po", "https://git.example/r?po"],
  ["https://user:pw@git.example/a", "https://user:pw@git.example/a"],
  ["https://github.com/acme/ä", "https://github.com/acme/%C3%A4"],
  ["https://git.example/%7Borders%7d", "https://git.example/%7borders%7d"],
  ["file:///tmp/x.git", "file:///tmp/x"],
])("The repository address %s is compared as %s", (url, normal) => {
  expect(normalGitUrl(url)).toBe(normal);
});

it.each([
  ["https://git.example/acme/{orders,payments}", "https://git.example/acme/%7Borders,payments%7D"],
  ["https://git.example/acme/{a,b}*", "https://git.example/acme/%7Ba,b%7D%2A"],
  ["https://git.example/a b/", "https://git.example/a%20b/"],
  ["{a,b}", "%7Ba,b%7D"],
  ["https://git.example/a\\*b", "https://git.example/a%5C%2Ab"],
])("The repository address %s is escaped to %s", (url, normal) => {
  expect(normalGitUrl(url)).toBe(normal);
});

it.each([
  "https://{a,b}.example/x",
  "git@{a,b}.com:acme/x",
  "https://git.example:*/x",
  "10.0.0.1:5000/charts",
  "https://a[bc].example/x",
])("The repository address %s is invalid", (url) => {
  expect(normalGitUrl(url)).toBe("");
});
