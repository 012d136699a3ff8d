import { access, constants } from "node:fs/promises";

/**
 * Returns whether this process may access a path in the given mode (such as `constants.X_OK`); by default, whether the
 * path exists.
 */
export async function isThere(path: string, way: number = constants.F_OK): Promise<boolean> {
  return access(path, way).then(
    () => true,
    () => false,
  );
}
