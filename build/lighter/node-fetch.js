/**
 * Today Node itself has what the Kubernetes client takes from node-fetch, which brings tables of Unicode along. Node
 * loads its own when it is asked for.
 */
export default (...given) => globalThis.fetch(...given);

export function Headers(...given) {
  return new globalThis.Headers(...given);
}
