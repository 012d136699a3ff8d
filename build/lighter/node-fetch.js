/**
 * Today Node has of its own what the Kubernetes client takes from node-fetch, which brings tables of Unicode along. Node
 * loads its own when somebody asks for it.
 */
export default (...given) => globalThis.fetch(...given);

export function Headers(...given) {
  return new globalThis.Headers(...given);
}
