import { useCallback, useEffect, useRef, useState } from "react";

import type { Schemas } from "../../api/client";
import { logsAddress } from "../../api/queries";

export type LogLine = Schemas["LogLineView"] & { number: number };
export type LogState = "opening" | "live" | "lost" | "ended";

/** The newest lines that are kept; older ones go, so that a tab open for a day does not grow. */
export const keptLines = 5_000;
const tail = 500;
const retryMs = 1_500;

/**
 * Says whether a line after a reconnection was seen before. The stream begins again with its last lines; within a task
 * they come in the order of their times, so what is not newer than the last line of its task is a repetition.
 */
export function repetitionFilter(seen: readonly LogLine[]): (line: Schemas["LogLineView"]) => boolean {
  const last = new Map<string, string>();
  for (const line of seen) if (line.at) last.set(line.task ?? "", line.at);
  return (line) => {
    const before = last.get(line.task ?? "");
    return before !== undefined && line.at !== null && line.at !== undefined && line.at <= before;
  };
}

/** Follows a service's log. Lines are gathered and shown once a frame, however fast they come. */
export function useLogs(service: string, isEnabled: boolean) {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [state, setState] = useState<LogState>("opening");
  const [reason, setReason] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const kept = useRef<LogLine[]>([]);
  useEffect(() => {
    if (!isEnabled) return;
    let number = kept.current.at(-1)?.number ?? 0;
    let frame = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isRepeated = repetitionFilter(kept.current);
    const source = new EventSource(logsAddress(service, true, tail));
    const show = () => {
      frame = 0;
      if (kept.current.length > keptLines) kept.current = kept.current.slice(-keptLines);
      setLines([...kept.current]);
    };
    source.onopen = () => {
      isRepeated = repetitionFilter(kept.current);
      setState("live");
    };
    source.onmessage = (event: MessageEvent<string>) => {
      const line = JSON.parse(event.data) as Schemas["LogLineView"];
      if (isRepeated(line)) return;
      number += 1;
      kept.current.push({ ...line, number });
      frame ||= requestAnimationFrame(show);
    };
    source.addEventListener("end", (event: MessageEvent<string>) => {
      setReason(event.data);
      setState("ended");
      source.close();
    });
    source.onerror = () => {
      setState("lost");
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(() => setAttempt((count) => count + 1), retryMs);
    };
    return () => {
      source.close();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [service, isEnabled, attempt]);
  const again = useCallback(() => {
    setReason(null);
    setState("opening");
    setAttempt((count) => count + 1);
  }, []);
  return { lines, state, reason, again };
}
