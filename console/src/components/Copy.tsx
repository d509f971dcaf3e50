import { Check, Copy as CopyIcon } from "lucide-react";
import { Fragment, useEffect, useState } from "react";

import { useT } from "../i18n/i18n";

/** Shortens a long id in its middle: both ends are what people compare. */
export function shorten(text: string, head = 12, tail = 6): string {
  return text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`;
}

/** A button that copies a text and says so. */
export function CopyButton({ text, label, withWord = false }: { text: string; label: string; withWord?: boolean }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <button
      type="button"
      onClick={(event) => {
        event.stopPropagation();
        void copy();
      }}
      aria-label={withWord ? undefined : label}
      title={label}
      className={`inline-flex shrink-0 items-center justify-center gap-1.5 rounded text-muted hover:bg-sunken hover:text-text ${withWord ? "h-8 border border-edge bg-raised px-3 text-sm text-text" : "size-6"}`}
    >
      {copied ? <Check size={14} aria-hidden className="text-good" /> : <CopyIcon size={14} aria-hidden />}
      {withWord ? (copied ? t("action.copied") : label) : null}
      <span role="status" className="sr-only">
        {copied ? t("action.copied") : ""}
      </span>
    </button>
  );
}

/** A name, id or digest that can be copied; long ones are short, and whole when hovered. */
export function Copyable({ text, short, label, mono = true }: { text: string; short?: string; label: string; mono?: boolean }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <span title={short ? text : undefined} className={`min-w-0 ${short ? "whitespace-nowrap" : "[overflow-wrap:anywhere]"} ${mono ? "font-mono text-xs" : ""}`}>
        {short ?? text.split(/(?<=\/)/).map((part, index) => <Fragment key={index}>{part}<wbr /></Fragment>)}
      </span>
      <CopyButton text={text} label={label} />
    </span>
  );
}

/** A command or request to take away. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <figure className="rounded border border-border bg-sunken">
      <figcaption className="flex items-center justify-between border-b border-border py-0.5 pr-1 pl-3 text-xs text-muted">
        {label}
        <CopyButton text={text} label={`${label}`} />
      </figcaption>
      <pre className="overflow-x-auto p-3 font-mono text-xs break-all whitespace-pre-wrap">{text}</pre>
    </figure>
  );
}
