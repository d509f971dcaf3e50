import { useQuery } from "@tanstack/react-query";

import { collectionsQuery, operationsQuery } from "../../api/queries";
import type { Option } from "../../components/Field";

/** Every operation as a choice, with its category. */
export function useOperations(): { options: Option[]; parametersOf: (operation: string) => string[]; error: unknown } {
  const operations = useQuery(operationsQuery);
  const categories = operations.data?.items ?? [];
  return {
    options: categories.flatMap((category) => category.operations.map((each) => ({ id: each.name, label: each.name, detail: category.category }))),
    parametersOf: (name) => categories.flatMap((category) => category.operations).find((each) => each.name === name)?.parameters ?? [],
    error: operations.error,
  };
}

/** The collections that the caller may know, by path. */
export function useCollections(): { options: Option[]; error: unknown } {
  const collections = useQuery(collectionsQuery);
  const paths = (collections.data?.items ?? []).map((collection) => collection.path).sort();
  return { options: paths.map((path) => ({ id: path, label: path })), error: collections.error };
}
