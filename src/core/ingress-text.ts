/** Returns how a rule is shown that allows TCP connections to a port from a range: `tcp 5432 from 10.0.0.0/16`. */
export function ingressText(port: number, cidr: string): string {
  return `tcp ${port} from ${cidr}`;
}
