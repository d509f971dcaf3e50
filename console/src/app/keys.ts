import { useEffect, useRef } from "react";
import { useNavigate } from "@tanstack/react-router";

import type { MessageKey } from "../i18n/catalogue";

interface Actions {
  onPalette: () => void;
  onHelp: () => void;
}

/** The keys as the help shows them. */
export const keyHelp: readonly { keys: string[]; does: MessageKey }[] = [
  { keys: ["Ctrl", "K"], does: "keys.palette" },
  { keys: ["/"], does: "keys.filter" },
  { keys: ["?"], does: "keys.help" },
  { keys: ["g", "h"], does: "keys.go_home" },
  { keys: ["g", "s"], does: "keys.go_services" },
  { keys: ["g", "r"], does: "keys.go_repositories" },
  { keys: ["g", "a"], does: "keys.go_access" },
  { keys: ["↓", "↑"], does: "keys.rows" },
  { keys: ["Enter"], does: "keys.open" },
  { keys: ["Space"], does: "keys.preview" },
  { keys: ["Esc"], does: "keys.close" },
];

const places = { h: "/", s: "/services", r: "/repositories", a: "/access" } as const;
const goMs = 1_000;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Listens for the keys that work everywhere. */
export function useKeys(actions: Actions) {
  const navigate = useNavigate();
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    let wentAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        latest.current.onPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
      // In a dialog or menu the keys are its own.
      if (document.querySelector("[role=dialog],[role=menu],[role=listbox]")) return;
      const place = places[event.key as keyof typeof places];
      if (event.key === "/") {
        const filter = document.querySelector<HTMLInputElement>("input[data-filter]");
        if (filter) {
          event.preventDefault();
          filter.focus();
          filter.select();
        }
      } else if (event.key === "?") {
        event.preventDefault();
        latest.current.onHelp();
      } else if (event.key === "g") {
        wentAt = event.timeStamp;
      } else if (place && event.timeStamp - wentAt < goMs) {
        wentAt = 0;
        void navigate({ to: place });
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate]);
}
