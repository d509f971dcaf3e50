import { useSyncExternalStore } from "react";

import { useLanguage } from "../i18n/i18n";

// One clock for all times on a page: a tick a quarter minute, only while something listens.
const tickMs = 15_000;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Says a time as people do: "2 minutes ago", "now". */
export function relative(at: Date, from: number, locale: string): string {
  const seconds = (at.getTime() - from) / 1000;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "second");
}

/** Says a time exactly, to the second, with the zone. */
export function exact(at: Date, locale: string): string {
  return at.toLocaleString(locale, { dateStyle: "medium", timeStyle: "long" });
}

/** A time: relative, with the exact one when hovered. */
export function Time({ at, long = false }: { at: string; long?: boolean }) {
  const { locale } = useLanguage();
  const current = useSyncExternalStore(subscribe, () => now);
  const date = new Date(at);
  const full = exact(date, locale);
  // A server's clock a little ahead of ours must not make "in 3 seconds" of what just happened.
  const ahead = date.getTime() - current;
  const from = ahead > 0 && ahead < 2 * tickMs ? date.getTime() : current;
  return (
    <time dateTime={at} title={full} className="whitespace-nowrap">
      {relative(date, from, locale)}
      {long ? <span className="text-muted"> · {full}</span> : null}
    </time>
  );
}

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Says a size in binary units. */
export function bytes(size: number, locale: string): string {
  let step = 0;
  let value = size;
  while (value >= 1024 && step < units.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${value.toLocaleString(locale, { maximumFractionDigits: value < 10 && step > 0 ? 1 : 0 })} ${units[step]}`;
}
