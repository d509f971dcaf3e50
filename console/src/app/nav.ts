import { Box, Home, KeyRound, Layers, ScrollText, type LucideIcon } from "lucide-react";

import type { Schemas } from "../api/client";
import type { MessageKey } from "../i18n/catalogue";

type Permissions = Schemas["Permissions"];

export interface NavEntry {
  to: "/" | "/services" | "/repositories" | "/access" | "/audit";
  label: MessageKey;
  icon: LucideIcon;
  /** Whether it may be offered. */
  mayWith: (permissions: Permissions) => boolean;
}

export interface NavGroup {
  id: string;
  label: MessageKey | null;
  entries: readonly NavEntry[];
}

const always = () => true;

/** The nouns at the left, grouped; each is offered only to who may see it. */
export const navigation: readonly NavGroup[] = [
  { id: "home", label: null, entries: [{ to: "/", label: "nav.home", icon: Home, mayWith: always }] },
  {
    id: "applications",
    label: "nav.applications",
    entries: [{ to: "/services", label: "nav.services", icon: Layers, mayWith: (permissions) => permissions.services_view }],
  },
  { id: "registry", label: "nav.registry", entries: [{ to: "/repositories", label: "nav.repositories", icon: Box, mayWith: always }] },
  { id: "access", label: "nav.access", entries: [{ to: "/access", label: "nav.grants", icon: KeyRound, mayWith: always }] },
  {
    id: "operations",
    label: "nav.operations",
    entries: [{ to: "/audit", label: "nav.audit", icon: ScrollText, mayWith: (permissions) => permissions.audit_view }],
  },
];

/** Returns the groups with what these permissions allow; empty groups go. */
export function offered(permissions: Permissions): NavGroup[] {
  return navigation
    .map((group) => ({ ...group, entries: group.entries.filter((entry) => entry.mayWith(permissions)) }))
    .filter((group) => group.entries.length > 0);
}
