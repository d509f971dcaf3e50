import { Circle, CircleAlert, CircleCheck, CircleDashed, CircleX, Info } from "lucide-react";
import type { ReactNode } from "react";

export type Tone = "good" | "warn" | "bad" | "info" | "idle" | "busy";

const looks: Record<Tone, { icon: typeof Circle; colour: string }> = {
  good: { icon: CircleCheck, colour: "text-good" },
  warn: { icon: CircleAlert, colour: "text-warn" },
  bad: { icon: CircleX, colour: "text-bad" },
  info: { icon: Info, colour: "text-info" },
  busy: { icon: CircleDashed, colour: "text-info" },
  idle: { icon: Circle, colour: "text-muted" },
};

/** A state: always a word and a shape; the colour only repeats them. */
export function State({ tone, children }: { tone: Tone; children: ReactNode }) {
  const { icon: Icon, colour } = looks[tone];
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Icon size={14} strokeWidth={2.25} aria-hidden className={`shrink-0 ${colour}`} />
      <span>{children}</span>
    </span>
  );
}

/** A short fact beside a name, such as "private" or "built in". */
export function Tag({ children }: { children: ReactNode }) {
  return <span className="rounded border border-border px-1.5 text-xs whitespace-nowrap text-muted">{children}</span>;
}
