import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components/Button";

export type ButtonKind = "primary" | "plain" | "quiet" | "danger";

const kinds: Record<ButtonKind, string> = {
  primary: "bg-accent text-on-accent border-transparent data-hovered:bg-accent-strong hover:bg-accent-strong font-medium",
  plain: "bg-raised text-text border-edge data-hovered:bg-sunken hover:bg-sunken",
  quiet: "bg-transparent text-text border-transparent data-hovered:bg-sunken hover:bg-sunken",
  danger: "bg-raised text-bad border-bad data-hovered:bg-sunken hover:bg-sunken",
};

/** The look of a button, also for links that act as one. */
export function buttonClass(kind: ButtonKind = "plain", extra = ""): string {
  return `inline-flex min-h-8 items-center justify-center gap-1.5 rounded border px-3 py-1 text-sm whitespace-nowrap select-none data-disabled:opacity-50 data-disabled:cursor-default ${kinds[kind]} ${extra}`;
}

interface Props extends Omit<ButtonProps, "className" | "style" | "children"> {
  kind?: ButtonKind;
  icon?: ReactNode;
  className?: string;
  children?: ReactNode;
}

/** A button: a verb, with an icon at most beside it. */
export function Button({ kind = "plain", icon, className = "", children, isPending = false, onPress, ...rest }: Props) {
  // React Aria's own pending state announces through an element that outlives a button which goes with its page;
  // here a pending button stays focusable, says that it is busy, and does nothing.
  return (
    <AriaButton
      {...rest}
      aria-disabled={isPending || undefined}
      onPress={(event) => !isPending && onPress?.(event)}
      className={buttonClass(kind, `${className} ${isPending ? "opacity-70" : ""}`)}
    >
      {icon}
      {children}
    </AriaButton>
  );
}

/** A button that shows an icon alone; its label is for screen readers and the tooltip of the browser. */
export function IconButton({ label, icon, isSmall = false, className = "", ...rest }: Omit<Props, "children" | "kind"> & { label: string; isSmall?: boolean }) {
  return (
    <AriaButton
      {...rest}
      aria-label={label}
      className={`inline-flex ${isSmall ? "size-6" : "size-8"} items-center justify-center rounded border border-transparent text-muted hover:bg-sunken hover:text-text data-disabled:opacity-40 ${className}`}
    >
      {icon}
    </AriaButton>
  );
}
