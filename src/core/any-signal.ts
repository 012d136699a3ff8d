import { setMaxListeners } from "node:events";

/** Returns a signal that ends with the first of these. Many requests at once may listen to it: more than ten are no leak. */
export function anySignal(...signals: readonly AbortSignal[]): AbortSignal {
  const any = AbortSignal.any([...signals]);
  setMaxListeners(0, any);
  return any;
}
