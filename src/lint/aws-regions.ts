const region =
  /\b(?:us|eu|ap|ca|sa|me|af|il|mx|cn)-(?:gov-|iso[a-z]?-)?(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-\d\b/g;
/** Databases and caches first: calls to another region are slow, and fail when that region does. */
const stores =
  /\.(rds|docdb|neptune|redshift|dax|cache|memorydb|es|aoss|kafka|efs|elasticache)\.|\.rds\.|\.cache\.|\.kafka\./;
const short = /\.(us|eu|ap|ca|sa|me|af|il|mx)(n|s|e|w|c|ne|se|nw|sw)(\d)\.cache\.amazonaws\.com/g;
const directions: Readonly<Record<string, string>> = {
  n: "north",
  s: "south",
  e: "east",
  w: "west",
  c: "central",
  ne: "northeast",
  se: "southeast",
  nw: "northwest",
  sw: "southwest",
};

export interface Endpoint {
  readonly host: string;
  readonly region: string;
  /** A data store, such as a database or a cache, as opposed to an API. */
  readonly isStore: boolean;
}

/** Returns the AWS endpoints in a text that belong to one region. */
export function endpointsIn(text: string): readonly Endpoint[] {
  if (!text.includes("amazonaws.com") && !text.includes(".on.aws")) return [];
  return (text.match(/[a-z0-9][a-z0-9.-]*\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\b/gi) ?? []).flatMap((host) => {
    const name = host.toLowerCase();
    const [found] = [...(name.match(region) ?? []), ...shortRegions(name)];
    // Every region pulls its images from one registry.
    return found === undefined || /\.ecr\./.test(name) ? [] : [{ host, region: found, isStore: stores.test(name) }];
  });
}

function shortRegions(name: string): string[] {
  return [...name.matchAll(short)].map(([, area, way = "", number]) => `${area}-${directions[way]}-${number}`);
}

/** Returns the regions that a path names: in full (`eu-west-1`), in short (`euw1`), or by continent (`eu`). */
export function regionsOfPath(path: string): readonly string[] {
  const named = path.match(region);
  if (named !== null) return [...new Set(named)];
  return path
    .toLowerCase()
    .split(/[/._-]/)
    .flatMap((part) => {
      const [, area, way = "", number] = /^(us|eu|ap|ca|sa|me|af)(?:(n|s|e|w|c|ne|se|nw|sw)(\d))?$/.exec(part) ?? [];
      if (area === undefined) return [];
      // `ca`, `sa` and `me` on their own usually mean something else.
      if (number === undefined) return /^(us|eu|ap)$/.test(area) ? [`${area}-`] : [];
      return [`${area}-${directions[way]}-${number}`];
    });
}
