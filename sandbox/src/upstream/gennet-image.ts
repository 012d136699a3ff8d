import { delimiter, dirname } from "node:path";
import { shippedFolder } from "../folders.ts";
import type { Image } from "../pods/image.ts";
import { readImage } from "../pods/read-image.ts";
import type { Setting } from "../setting.ts";

/** `platform.probe.image` of the sandbox's gennet.yaml. */
export const gennetImageName = "gennet:sandbox";

/** Returns the image of the gennet that is running: its package, as its Dockerfile says, with its Node.js. */
export async function gennetImage({ host }: Setting): Promise<Image> {
  const path = [dirname(process.execPath), host.env["PATH"]].join(delimiter);
  return { ...(await readImage(gennetImageName, dirname(shippedFolder()), [], path)), soleTag: true };
}
