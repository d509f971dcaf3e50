import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";

import { catalogue, type MessageKey } from "./catalogue";

/** The languages of the console, in the order of a catalogue entry. */
export const languages = ["en", "ja"] as const;
export type Language = (typeof languages)[number];

export type Parameters = Record<string, string | number>;
export type Translate = (key: MessageKey, parameters?: Parameters) => string;

const locales: Record<Language, string> = { en: "en-US", ja: "ja-JP" };
const storageKey = "holdfast.language";

/** Returns the message in a language. `one|other` is chosen by `count`; `{name}` is filled in. */
export function message(language: Language, key: MessageKey, parameters: Parameters = {}): string {
  const text: string = catalogue[key][languages.indexOf(language)] ?? catalogue[key][0];
  const [one = text, other] = text.split("|");
  const chosen = other === undefined || Number(parameters["count"]) === 1 ? one : other;
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? value.toLocaleString(locales[language]) : value;
  });
}

interface Context {
  language: Language;
  locale: string;
  setLanguage: (language: Language) => void;
  t: Translate;
}

const LanguageContext = createContext<Context | null>(null);

function initialLanguage(): Language {
  const stored = localStorage.getItem(storageKey);
  if (stored === "en" || stored === "ja") return stored;
  return navigator.language.toLowerCase().startsWith("ja") ? "ja" : "en";
}

/** Gives the language, its switch and the translation to everything inside. */
export function LanguageProvider({ children, initial }: { children: ReactNode; initial?: Language }) {
  const [language, set] = useState<Language>(() => initial ?? initialLanguage());
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const setLanguage = useCallback((next: Language) => {
    localStorage.setItem(storageKey, next);
    set(next);
  }, []);
  const value = useMemo<Context>(
    () => ({
      language,
      locale: locales[language],
      setLanguage,
      t: (key, parameters) => message(language, key, parameters),
    }),
    [language, setLanguage],
  );
  return (
    <LanguageContext value={value}>
      <I18nProvider locale={value.locale}>{children}</I18nProvider>
    </LanguageContext>
  );
}

export function useLanguage(): Context {
  const value = useContext(LanguageContext);
  if (!value) throw new Error("useLanguage needs a LanguageProvider around it");
  return value;
}

export function useT(): Translate {
  return useLanguage().t;
}
