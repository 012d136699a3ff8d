import { AppError } from "../core/error.ts";
import { nearWords } from "../core/near-words.ts";
import { shell } from "../core/shell-words.ts";
import type { CatalogService } from "./catalog-service.ts";
import type { Catalog } from "./catalog.ts";

/** Returns the service for a name or a reference. Throws CATALOG_SERVICE_UNKNOWN with similar names. */
export function requireService(catalog: Catalog, name: string): CatalogService {
  const found = catalog.find(name);
  if (found !== undefined) return found;
  const near = nearWords(
    name,
    catalog.services.map((service) => service.name),
  );
  throw new AppError("CATALOG_SERVICE_UNKNOWN", `The catalogue in ${catalog.path} has no service "${name}".`, {
    next: [
      ...(near.length === 0 ? [] : [`Did you mean ${near.join(" or ")}?`]),
      shell`gennet service list ${catalog.path}  # lists every service`,
    ],
  });
}
