import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Box, CircleUser, KeyRound, Languages, Layers, SunMoon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Autocomplete } from "react-aria-components/Autocomplete";
import { Header } from "react-aria-components/Header";
import { Menu, MenuItem, MenuSection } from "react-aria-components/Menu";
import { Input, SearchField } from "react-aria-components/SearchField";

import { repositoriesQuery, servicesQuery } from "../api/queries";
import { Dialog } from "../components/Dialog";
import { useLanguage } from "../i18n/i18n";
import { setTheme, useLook } from "./look";
import { offered } from "./nav";
import { useMe, useSignOut } from "./session";

interface Entry {
  id: string;
  label: string;
  icon: ReactNode;
  onAction: () => void;
}

const found = 6;

/** One box for finding things and for commands. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useLanguage();
  const [text, setText] = useState("");
  const commands = useCommands();
  const things = useThings(text.trim());
  const words = text.trim().toLowerCase();
  const groups = [
    { id: "things", label: t("palette.found"), entries: things },
    { id: "commands", label: t("palette.commands"), entries: commands.filter((entry) => entry.label.toLowerCase().includes(words)) },
  ].filter((group) => group.entries.length > 0);
  return (
    <Dialog title={t("palette.title")} isOpen onClose={onClose} place="top">
      <Autocomplete inputValue={text} onInputChange={setText}>
        <SearchField aria-label={t("palette.prompt")} autoFocus className="border-b border-border">
          <Input placeholder={t("palette.prompt")} className="h-12 w-full bg-transparent px-4 text-base outline-none [&::-webkit-search-cancel-button]:hidden" />
        </SearchField>
        <Menu
          aria-label={t("palette.results")}
          className="max-h-[55vh] overflow-auto p-1 outline-none"
          renderEmptyState={() => <p className="p-3 text-muted">{t("palette.nothing", { text })}</p>}
        >
          {groups.map((group) => (
            <MenuSection key={group.id} className="pb-1">
              <Header className="px-3 py-1 text-xs text-muted">{group.label}</Header>
              {group.entries.map((entry) => (
                <MenuItem
                  key={entry.id}
                  id={entry.id}
                  textValue={entry.label}
                  onAction={() => {
                    onClose();
                    entry.onAction();
                  }}
                  className="flex min-h-8 cursor-pointer items-center gap-3 rounded px-3 py-1 outline-none data-focused:bg-tint"
                >
                  <span className="shrink-0 text-muted">{entry.icon}</span>
                  <span className="min-w-0 truncate">{entry.label}</span>
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </Menu>
      </Autocomplete>
    </Dialog>
  );
}

function useThings(text: string): Entry[] {
  const me = useMe();
  const navigate = useNavigate();
  const asked = text.length >= 1;
  const services = useQuery({
    ...servicesQuery({ q: text, limit: found }),
    enabled: asked && me.permissions.services_view,
    placeholderData: keepPreviousData,
  });
  const repositories = useQuery({ ...repositoriesQuery({ q: text, limit: found }), enabled: asked, placeholderData: keepPreviousData });
  if (!asked) return [];
  return [
    ...(services.data?.items ?? []).map((service) => ({
      id: `service ${service.id}`,
      label: service.name,
      icon: <Layers size={16} aria-hidden />,
      onAction: () => void navigate({ to: "/services/$service", params: { service: service.name } }),
    })),
    ...(repositories.data?.items ?? []).map((repository) => ({
      id: `repository ${repository.id}`,
      label: repository.name,
      icon: <Box size={16} aria-hidden />,
      onAction: () => void navigate({ to: "/repositories/$", params: { _splat: repository.name } }),
    })),
  ];
}

function useCommands(): Entry[] {
  const { t, language, setLanguage } = useLanguage();
  const me = useMe();
  const navigate = useNavigate();
  const { theme } = useLook();
  const signOut = useSignOut();
  const pages = offered(me.permissions).flatMap((group) =>
    group.entries.map(({ to, label, icon: Icon }) => ({
      id: `page ${to}`,
      label: t("palette.go_to", { page: t(label) }),
      icon: <Icon size={16} aria-hidden />,
      onAction: () => void navigate({ to }),
    })),
  );
  const grant = {
    id: "grant",
    label: t("grant.create"),
    icon: <KeyRound size={16} aria-hidden />,
    onAction: () => void navigate({ to: "/access/new-grant" }),
  };
  return [
    ...pages,
    ...(me.permissions.access_manage ? [grant] : []),
    {
      id: "theme",
      label: theme === "dark" ? t("palette.light") : t("palette.dark"),
      icon: <SunMoon size={16} aria-hidden />,
      onAction: () => setTheme(theme === "dark" ? "light" : "dark"),
    },
    {
      id: "language",
      label: language === "en" ? "日本語に切り替える" : "Switch to English",
      icon: <Languages size={16} aria-hidden />,
      onAction: () => setLanguage(language === "en" ? "ja" : "en"),
    },
    { id: "sign-out", label: t("account.sign_out"), icon: <CircleUser size={16} aria-hidden />, onAction: () => signOut.mutate() },
  ];
}
