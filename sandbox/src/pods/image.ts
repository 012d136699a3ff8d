/** A registered image: what its containers run, and from which folder. */
export interface Image {
  /** A name with a tag or digest means that one only; a name without means all of them. */
  readonly name: string;
  readonly folder: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The working folder of containers, if it is not the image's own. */
  readonly workdir?: string;
  /** The path of AWS's database certificate authorities; a sandbox's databases have their own authority. */
  readonly authorities?: readonly string[];
  /** Files of this machine by their paths in containers, where volumes may hide them. */
  readonly files?: Readonly<Record<string, string>>;
  /** Paths of its folders that this machine may lack; each container has its own, empty. */
  readonly folders?: readonly string[];
  /** Folders of this machine that containers see as they change, at the same paths. */
  readonly shares?: readonly string[];
  /** No other tag of this repository exists: pods of such a tag are real, too, and wait for their image in vain. */
  readonly soleTag?: true;
  /** The part of the platform that it runs, as `sandbox fail` calls it. */
  readonly part?: string;
  /** The part is down on purpose: no container of the image starts. */
  readonly isDown?: true;
  /** Istio's injector adds it, or puts it in the place of `auto`; a pod is not real because of an injected container. */
  readonly injected?: true;
  /** The ids from its USER; a pod's securityContext has precedence. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Returns the repository: `registry:5000/shop/orders:1.2@sha256:…` → `registry:5000/shop/orders`. */
export function repositoryOf(reference: string): string {
  const [name = ""] = reference.split("@");
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

/** Returns the registered image for a container's image: an exact match before one for all tags. */
export function findImage(images: readonly Image[], reference: string): Image | undefined {
  return (
    images.find((image) => image.name === reference) ??
    images.find((image) => image.name === repositoryOf(reference) && image.name !== reference)
  );
}

/** Returns the images with one more, which replaces one of the same name, and the sole tag of its repository. */
export function withImage(images: readonly Image[], image: Image): readonly Image[] {
  const isReplaced = (each: Image): boolean =>
    each.name === image.name ||
    (each.soleTag === true && image.soleTag === true && repositoryOf(each.name) === repositoryOf(image.name));
  return [...images.filter((each) => !isReplaced(each)), image];
}

/** Returns whether a text is an image reference as container specs use it: no spaces, no capitals before the tag. */
export function isReference(name: string): boolean {
  const path = /^[a-z0-9]+((\.|_|__|-+|\/|:\d+\/)[a-z0-9]+)*(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$/;
  return path.test(name) && name.length <= 255;
}
