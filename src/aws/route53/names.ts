/** Returns a domain name as people write it: Route 53 ends its names with a dot. */
export function withoutDot(name = ""): string {
  return name.replace(/\.$/, "");
}
