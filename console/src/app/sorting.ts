import type { Sort } from "../components/DataTable";

/** How a list is ordered, as the address says it: `sort` and, if it runs down, `order=desc`. */
export interface SortWords {
  sort?: string | undefined;
  order?: string | undefined;
}

/** Reads the order from the address; words that the list does not know mean its usual order. */
export function sortOf<K extends string>(words: SortWords, known: readonly [K, ...K[]]): { by: K; descending: boolean } {
  return { by: known.find((each) => each === words.sort) ?? known[0], descending: words.order === "desc" };
}

/** Writes an order into the address; the usual one needs no words. */
export function sortWords(sort: Sort, usual: string): SortWords {
  return { sort: sort.by === usual && !sort.descending ? undefined : sort.by, order: sort.descending ? "desc" : undefined };
}
