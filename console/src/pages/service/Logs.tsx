import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDownToLine, Download, Pause, Play, WrapText } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";

import type { Schemas } from "../../api/client";
import { Button } from "../../components/Button";
import { SearchField } from "../../components/Field";
import { Empty, Notice } from "../../components/Notice";
import { State } from "../../components/State";
import { useT } from "../../i18n/i18n";
import { MissingRight } from "../words";
import { useLogs, type LogLine, type LogState } from "./useLogs";

const rowPx = 20;
/** So near to the end counts as being there. */
const nearPx = 30;

// Sources differ in colour and word; the colours are tokens, so they hold in both themes.
const sourceColours = ["text-info", "text-good", "text-accent", "text-warn", "text-bad"];

/** The live log of a service: follow, pause, search, wrap, download. */
export function Logs({ service }: { service: Schemas["ServiceView"] }) {
  const t = useT();
  const may = service.permissions.logs;
  const { lines, state, reason, again } = useLogs(service.name, may);
  const [search, setSearch] = useState("");
  const [isWrapped, setWrapped] = useState(false);
  const [isFollowing, setFollowing] = useState(true);
  const [pausedAt, setPausedAt] = useState<number | null>(null);
  const sources = useMemo(() => new Map([...new Set(lines.map((line) => line.task ?? ""))].sort().map((task, index) => [task, index])), [lines]);
  const shown = useMemo(() => {
    const until = pausedAt === null ? lines : lines.filter((line) => line.number <= pausedAt);
    const words = search.toLowerCase();
    return words ? until.filter((line) => line.line.toLowerCase().includes(words)) : until;
  }, [lines, pausedAt, search]);
  if (!may) {
    return (
      <Notice tone="refused" title={t("logs.no_right")}>
        <MissingRight operation="Service Logs" collection={service.collection_path} />
      </Notice>
    );
  }
  const waiting = pausedAt === null ? 0 : (lines.at(-1)?.number ?? 0) - pausedAt;
  return (
    <section aria-label={t("service.logs")} className="rounded border border-border bg-raised">
      <div className="flex flex-wrap items-center gap-2 border-b border-border p-2">
        <SearchField isFilter label={t("logs.search")} value={search} onChange={setSearch} className="w-full sm:w-44" delayMs={100} />
        <Toggle on={pausedAt === null && isFollowing} label={t("logs.follow")} icon={<ArrowDownToLine size={16} aria-hidden />} onPress={() => { setPausedAt(null); setFollowing(!isFollowing || pausedAt !== null); }} />
        <Button
          icon={pausedAt === null ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
          onPress={() => setPausedAt(pausedAt === null ? (lines.at(-1)?.number ?? 0) : null)}
        >
          {pausedAt === null ? t("logs.pause") : waiting > 0 ? t("logs.resume_with", { count: waiting }) : t("logs.resume")}
        </Button>
        <Toggle on={isWrapped} label={t("logs.wrap")} icon={<WrapText size={16} aria-hidden />} onPress={() => setWrapped(!isWrapped)} />
        <Button icon={<Download size={16} aria-hidden />} isDisabled={shown.length === 0} onPress={() => download(`${service.name}.log`, shown)}>
          {t("logs.download")}
        </Button>
        <span role="status" className="ml-auto px-1 text-xs text-muted">
          <StreamState state={state} isPaused={pausedAt !== null} />
        </span>
      </div>
      {state === "ended" ? (
        <div className="border-b border-border p-2">
          <Notice tone="info" title={t("logs.ended")} action={<Button onPress={again}>{t("logs.again")}</Button>}>
            {reason}
          </Notice>
        </div>
      ) : null}
      {shown.length === 0 ? (
        <Empty title={search ? t("list.no_match") : t("logs.none")}>{search ? t("logs.no_match_why") : t("logs.none_why")}</Empty>
      ) : (
        <Lines lines={shown} sources={sources} search={search} isWrapped={isWrapped} isFollowing={isFollowing && pausedAt === null} onFollow={setFollowing} />
      )}
    </section>
  );
}

function Toggle({ on, label, icon, onPress }: { on: boolean; label: string; icon: React.ReactNode; onPress: () => void }) {
  return (
    <Button aria-pressed={on} icon={icon} onPress={onPress} className={on ? "border-accent bg-tint" : ""}>
      {label}
    </Button>
  );
}

function StreamState({ state, isPaused }: { state: LogState; isPaused: boolean }) {
  const t = useT();
  if (state === "live" && isPaused) return <State tone="idle">{t("logs.paused")}</State>;
  const tones = { opening: "busy", live: "good", lost: "warn", ended: "idle" } as const;
  return <State tone={tones[state]}>{t(`logs.state.${state}`)}</State>;
}

interface LinesProps {
  lines: readonly LogLine[];
  /** The tasks, numbered for their colours. */
  sources: ReadonlyMap<string, number>;
  search: string;
  isWrapped: boolean;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
}

function Lines({ lines, sources, search, isWrapped, isFollowing, onFollow }: LinesProps) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the compiler is not used here; nothing is memoized.
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => lines[index]?.number ?? index,
    overscan: 20,
  });
  useEffect(() => {
    if (isFollowing && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: "end" });
  }, [isFollowing, lines, rows]);
  useEffect(() => rows.measure(), [isWrapped, rows]);
  // Scrolling back stops following; coming to the end follows again.
  const onWheel = (up: boolean) => {
    const element = box.current;
    if (!element) return;
    if (up) onFollow(false);
    else if (element.scrollHeight - element.scrollTop - element.clientHeight < nearPx) onFollow(true);
  };
  return (
    <div
      ref={box}
      role="log"
      aria-live="off"
      aria-label={t("service.logs")}
      tabIndex={0}
      onWheel={(event) => onWheel(event.deltaY < 0)}
      onKeyDown={(event) => {
        if (["ArrowUp", "PageUp", "Home"].includes(event.key)) onWheel(true);
        if (["ArrowDown", "PageDown", "End"].includes(event.key)) onWheel(false);
      }}
      className="h-[60vh] min-h-60 overflow-auto bg-sunken font-mono text-xs focus-visible:-outline-offset-2"
    >
      <div className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const line = lines[item.index];
          return line ? (
            <div
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              style={{ transform: `translateY(${item.start}px)` }}
              className={`absolute top-0 left-0 flex gap-3 px-3 leading-5 ${isWrapped ? "w-full whitespace-pre-wrap [overflow-wrap:anywhere]" : "min-w-full whitespace-pre"}`}
            >
              <Line line={line} search={search} colour={sourceColours[(sources.get(line.task ?? "") ?? 0) % sourceColours.length] ?? ""} />
            </div>
          ) : null;
        })}
      </div>
    </div>
  );
}

function Line({ line, search, colour }: { line: LogLine; search: string; colour: string }) {
  return (
    <>
      {line.at ? (
        <time dateTime={line.at} title={line.at} className="shrink-0 text-muted select-none max-sm:hidden">
          {line.at.slice(11, 23)}
        </time>
      ) : null}
      {line.task ? (
        <span className={`shrink-0 select-none ${colour}`} title={line.node ?? undefined}>
          {line.task}
        </span>
      ) : null}
      {line.stream === "stderr" ? <span className="shrink-0 text-bad select-none">stderr</span> : null}
      <span>{search ? <Marked text={line.line} search={search} /> : line.line}</span>
    </>
  );
}

function Marked({ text, search }: { text: string; search: string }) {
  const parts: React.ReactNode[] = [];
  const lower = text.toLowerCase();
  const words = search.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(words); at >= 0 && parts.length < 200; at = lower.indexOf(words, from)) {
    parts.push(text.slice(from, at), <mark key={at} className="bg-warn text-surface">{text.slice(at, at + words.length)}</mark>);
    from = at + words.length;
  }
  return [...parts, text.slice(from)];
}

function download(name: string, lines: readonly LogLine[]) {
  const text = lines.map((line) => [line.at, line.task, line.stream, line.line].filter(Boolean).join(" ")).join("\n");
  const address = URL.createObjectURL(new Blob([text, "\n"], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
