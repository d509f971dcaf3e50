import { Link, Outlet } from "@tanstack/react-router";
import { CircleUser, Languages, Menu as MenuIcon, Moon, Search, Sun, SunMoon } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Menu } from "../components/Menu";
import { State } from "../components/State";
import { languages, useLanguage, useT, type Language } from "../i18n/i18n";
import { useKeys } from "./keys";
import { useLive, type LiveState } from "./live";
import { setDensity, setTheme, useLook, type Theme } from "./look";
import { Mark } from "./Mark";
import { offered } from "./nav";
import { useMe, useSignOut } from "./session";

const Palette = lazy(async () => ({ default: (await import("./Palette")).Palette }));
const KeysHelp = lazy(async () => ({ default: (await import("./KeysHelp")).KeysHelp }));

/** The frame around every page: nouns at the left, tools above. */
export function Shell() {
  const t = useT();
  const live = useLive();
  const [overlay, setOverlay] = useState<"palette" | "keys" | "nav" | null>(null);
  const close = () => setOverlay(null);
  useKeys({ onPalette: () => setOverlay("palette"), onHelp: () => setOverlay("keys") });
  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_1fr] md:grid-cols-[13rem_minmax(0,1fr)]">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-raised focus:p-2">
        {t("shell.skip")}
      </a>
      <TopBar live={live} onPalette={() => setOverlay("palette")} onKeys={() => setOverlay("keys")} onNav={() => setOverlay("nav")} />
      <nav aria-label={t("shell.pages")} className="sticky top-12 hidden h-[calc(100dvh-3rem)] overflow-y-auto border-r border-border p-3 md:block">
        <Nouns />
      </nav>
      <main id="main" tabIndex={-1} className="min-w-0 outline-none">
        <Outlet />
      </main>
      <Suspense fallback={null}>
        {overlay === "palette" ? <Palette onClose={close} /> : null}
        {overlay === "keys" ? <KeysHelp onClose={close} /> : null}
      </Suspense>
      <Dialog title={t("shell.pages")} isOpen={overlay === "nav"} onClose={close} place="side">
        <Nouns onOpen={close} />
      </Dialog>
    </div>
  );
}

function Nouns({ onOpen }: { onOpen?: () => void }) {
  const t = useT();
  const me = useMe();
  return (
    <div className="flex flex-col gap-4">
      {offered(me.permissions).map((group) => (
        <div key={group.id}>
          {group.label ? <p className="px-2 pb-1 text-xs text-muted">{t(group.label)}</p> : null}
          <ul>
            {group.entries.map(({ to, label, icon: Icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  onClick={onOpen}
                  activeOptions={{ exact: to === "/", includeSearch: false }}
                  activeProps={{ "aria-current": "page", className: "bg-tint font-medium text-text" }}
                  inactiveProps={{ className: "text-muted hover:bg-sunken hover:text-text" }}
                  className="flex min-h-8 items-center gap-2 rounded px-2"
                >
                  <Icon size={16} aria-hidden className="shrink-0" />
                  {t(label)}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

interface TopBarProps {
  live: LiveState;
  onPalette: () => void;
  onKeys: () => void;
  onNav: () => void;
}

function TopBar({ live, onPalette, onKeys, onNav }: TopBarProps) {
  const t = useT();
  const me = useMe();
  return (
    <header className="sticky top-0 z-20 col-span-full flex h-12 items-center gap-1 border-b border-border bg-raised px-2 sm:gap-2 sm:px-4">
      <Button kind="quiet" aria-label={t("shell.pages")} icon={<MenuIcon size={16} aria-hidden />} onPress={onNav} className="px-2 md:hidden" />
      <Link to="/" className="flex min-w-0 items-center gap-2 rounded md:w-[11.5rem]">
        <span className="shrink-0 text-accent">
          <Mark />
        </span>
        <span className="min-w-0 leading-tight">
          <span className="block font-semibold max-sm:sr-only">Holdfast</span>
          <span className="block max-w-40 truncate text-xs text-muted max-sm:hidden" title={me.cluster.id}>
            {me.cluster.name}
          </span>
        </span>
      </Link>
      <button
        type="button"
        onClick={onPalette}
        aria-label={t("palette.title")}
        className="mx-auto flex h-8 min-w-0 items-center gap-2 rounded border border-edge px-2 text-muted hover:bg-sunken sm:w-full sm:max-w-md"
      >
        <Search size={16} aria-hidden className="shrink-0" />
        <span className="flex-1 truncate text-left max-sm:hidden">{t("palette.prompt")}</span>
        <kbd className="font-sans text-xs max-sm:hidden">Ctrl K</kbd>
      </button>
      <LiveMark state={live} />
      <LanguageMenu />
      <LookMenu />
      <AccountMenu onKeys={onKeys} />
    </header>
  );
}

function LiveMark({ state }: { state: LiveState }) {
  const t = useT();
  // A stream that is only opening is no news; one that was lost is.
  const word = { connecting: t("live.connecting"), live: t("live.live"), lost: t("live.lost") }[state];
  const tone = { connecting: "busy", live: "good", lost: "warn" } as const;
  return (
    <span role="status" title={t(`live.${state}_why`)} className="px-1 text-xs text-muted">
      <span className="flex max-sm:[&_span_span]:sr-only">
        <State tone={tone[state]}>{word}</State>
      </span>
    </span>
  );
}

const languageNames: Record<Language, string> = { en: "English", ja: "日本語" };

function LanguageMenu() {
  const { language, setLanguage, t } = useLanguage();
  return (
    <Menu
      label={t("shell.language")}
      trigger={
        <>
          <Languages size={16} aria-hidden />
          <span className="max-lg:hidden">{languageNames[language]}</span>
        </>
      }
      groups={[
        {
          id: "language",
          label: t("shell.language"),
          selection: "single",
          entries: languages.map((each) => ({
            id: each,
            label: languageNames[each],
            isSelected: each === language,
            onAction: () => setLanguage(each),
          })),
        },
      ]}
    />
  );
}

function LookMenu() {
  const t = useT();
  const { theme, density } = useLook();
  const icons: Record<Theme, typeof Sun> = { system: SunMoon, light: Sun, dark: Moon };
  const Icon = icons[theme];
  return (
    <Menu
      label={t("look.title")}
      trigger={<Icon size={16} aria-hidden />}
      groups={[
        {
          id: "theme",
          label: t("look.theme"),
          hasHeader: true,
          selection: "single",
          entries: (["system", "light", "dark"] as const).map((each) => ({
            id: each,
            label: t(`look.${each}`),
            isSelected: each === theme,
            onAction: () => setTheme(each),
          })),
        },
        {
          id: "density",
          label: t("look.density"),
          hasHeader: true,
          selection: "single",
          entries: (["comfortable", "compact"] as const).map((each) => ({
            id: each,
            label: t(`look.${each}`),
            isSelected: each === density,
            onAction: () => setDensity(each),
          })),
        },
      ]}
    />
  );
}

function AccountMenu({ onKeys }: { onKeys: () => void }) {
  const t = useT();
  const me = useMe();
  const signOut = useSignOut();
  return (
    <Menu
      label={t("account.menu", { name: me.name })}
      trigger={
        <>
          <CircleUser size={16} aria-hidden />
          <span className="max-w-32 truncate max-sm:hidden">{me.name}</span>
        </>
      }
      groups={[
        {
          id: "account",
          label: me.is_admin ? t("account.as_admin", { name: me.full_name || me.name }) : me.full_name || me.name,
          hasHeader: true,
          entries: [
            { id: "keys", label: t("keys.title"), detail: "?", onAction: onKeys },
            { id: "sign-out", label: t("account.sign_out"), onAction: () => signOut.mutate() },
          ],
        },
      ]}
    />
  );
}
