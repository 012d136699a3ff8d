import { access, constants } from "node:fs/promises";

/** Whether there is anything at a path that this process may use in a way (`constants.X_OK`); by default, anything. */
export async function isThere(path: string, way: number = constants.F_OK): Promise<boolean> {
  return access(path, way).then(
    () => true,
    () => false,
  );
}
