import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

// public/theme.js applies the same keys before the first paint.
const keys = { theme: "holdfast.theme", density: "holdfast.density" } as const;
const listeners = new Set<() => void>();

function read(): string {
  const theme = localStorage.getItem(keys.theme) ?? "system";
  const density = localStorage.getItem(keys.density) ?? "comfortable";
  return `${theme} ${density}`;
}

function write(key: keyof typeof keys, value: string, standard: string) {
  if (value === standard) {
    localStorage.removeItem(keys[key]);
    delete document.documentElement.dataset[key];
  } else {
    localStorage.setItem(keys[key], value);
    document.documentElement.dataset[key] = value;
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const setTheme = (theme: Theme) => write("theme", theme, "system");
export const setDensity = (density: Density) => write("density", density, "comfortable");

/** How the console looks here: theme and density, kept in this browser. */
export function useLook(): { theme: Theme; density: Density } {
  const [theme, density] = useSyncExternalStore(subscribe, read).split(" ") as [Theme, Density];
  return { theme, density };
}
