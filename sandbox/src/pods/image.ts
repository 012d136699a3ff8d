/** An image that was registered: what its containers run, from which folder. */
export interface Image {
  /** With a tag or digest it stands for that one alone, without for all of them. */
  readonly name: string;
  readonly folder: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The folder that containers begin in, where it is not the image's own. */
  readonly workdir?: string;
  /** Where it has the authorities of AWS's databases; a sandbox's databases have their own authority. */
  readonly authorities?: readonly string[];
  /** The ids that its USER names; a pod's securityContext goes first. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** `registry:5000/shop/orders:1.2@sha256:…` → `registry:5000/shop/orders`. */
export function repositoryOf(reference: string): string {
  const [name = ""] = reference.split("@");
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

/** The registered image that a container's image means: the one of exactly that name before one for all its tags. */
export function findImage(images: readonly Image[], reference: string): Image | undefined {
  return (
    images.find((image) => image.name === reference) ??
    images.find((image) => image.name === repositoryOf(reference) && image.name !== reference)
  );
}

/** With one more; the same name again replaces. */
export function withImage(images: readonly Image[], image: Image): readonly Image[] {
  return [...images.filter((each) => each.name !== image.name), image];
}

/** A reference as container specs write it: no blanks, no capitals before the tag. */
export function isReference(name: string): boolean {
  const path = /^[a-z0-9]+((\.|_|__|-+|\/|:\d+\/)[a-z0-9]+)*(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$/;
  return path.test(name) && name.length <= 255;
}
