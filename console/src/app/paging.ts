import { useEffect } from "react";

interface Trail {
  previous: string;
  first: number;
}

const storageKey = (list: string, token: string) => `holdfast.page.${list}.${token}`;

function recall(list: string, token: string): Trail | null {
  try {
    const text = sessionStorage.getItem(storageKey(list, token));
    return text === null ? null : (JSON.parse(text) as Trail);
  } catch {
    return null;
  }
}

interface Paging {
  first: number | null;
  count: number;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

/**
 * Paging by tokens: the token stands in the address, so a link shows the same page. The server gives only the next
 * token; the way back and the numbers of the rows are remembered for this tab, and a page opened by a link goes back
 * to the first.
 */
export function usePaging(list: string, token: string | undefined, page: { items: unknown[]; next_page_token?: string | null } | undefined, go: (token: string | undefined) => void): Paging {
  const here = token ?? "";
  const trail: Trail | null = here === "" ? { previous: "", first: 1 } : recall(list, here);
  const count = page?.items.length ?? 0;
  const next = page?.next_page_token ?? undefined;
  const first = trail?.first ?? null;
  useEffect(() => {
    if (next === undefined || first === null) return;
    sessionStorage.setItem(storageKey(list, next), JSON.stringify({ previous: here, first: first + count }));
  }, [list, next, here, first, count]);
  return {
    first,
    count,
    onPrevious: here === "" ? undefined : () => go(trail?.previous || undefined),
    onNext: next === undefined ? undefined : () => go(next),
  };
}
