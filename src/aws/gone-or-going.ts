/**
 * Makes a delete call. A retry of a call whose response was lost is refused, because the resource is being deleted: then
 * the call succeeded.
 */
export async function goneOrGoing(
  remove: () => Promise<unknown>,
  find: () => Promise<{ readonly status: string } | undefined>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await remove();
  } catch (error) {
    signal.throwIfAborted();
    const now = await find();
    if (now !== undefined && now.status !== "deleting") throw error;
  }
}
