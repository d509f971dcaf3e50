import { useQueryClient, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { meQuery } from "../api/queries";
import type { Schemas } from "../api/client";

export type LiveState = "connecting" | "live" | "lost";

type Kind = Schemas["EventKind"];

/** Which queries an event makes stale; `null` is all. */
export const staleKeys: Record<Kind, QueryKey[] | null> = {
  services: [["services"]],
  repositories: [["repositories"]],
  access: [["access"], ["me"], ["services"], ["repositories"]],
  accounts: [["accounts"], ["me"], ["access"]],
  nodes: [["nodes"], ["status"]],
  audit: [["audit"]],
  resync: null,
};

const gatherMs = 250;
const retryFirstMs = 1_000;
const retryLastMs = 30_000;

/** Gathers what is stale for a moment, so that a burst of events asks each open list once. */
export function staleGatherer(queries: QueryClient) {
  const kinds = new Set<Kind>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const keys = [...kinds].map((kind) => staleKeys[kind]);
    kinds.clear();
    if (keys.includes(null)) void queries.invalidateQueries();
    else for (const queryKey of keys.flatMap((some) => some ?? [])) void queries.invalidateQueries({ queryKey });
  };
  return {
    add(kind: Kind) {
      if (!(kind in staleKeys)) return;
      kinds.add(kind);
      timer ??= setTimeout(flush, gatherMs);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

/**
 * Keeps the one event stream of this tab open. A dropped connection shows and heals: the browser tries again by itself,
 * and where it gives up (a refusal, a proxy's page) this does, slower each time; after a gap everything is stale.
 */
export function useLive(): LiveState {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    const gatherer = staleGatherer(queries);
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wait = retryFirstMs;
    let opened = false;
    const open = () => {
      source = new EventSource("/api/v1/events");
      source.onopen = () => {
        wait = retryFirstMs;
        setState("live");
        if (opened) gatherer.add("resync");
        opened = true;
      };
      source.onmessage = (event: MessageEvent<string>) => {
        try {
          gatherer.add((JSON.parse(event.data) as Schemas["EventView"]).kind);
        } catch {
          gatherer.add("resync");
        }
      };
      source.onerror = () => {
        setState("lost");
        if (source?.readyState !== EventSource.CLOSED) return;
        // An ended session closes the stream too; asking who we are tells, and leads to the sign-in page.
        void queries.invalidateQueries({ queryKey: meQuery.queryKey });
        timer = setTimeout(open, wait);
        wait = Math.min(wait * 2, retryLastMs);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      gatherer.stop();
      source?.close();
    };
  }, [queries]);
  return state;
}
