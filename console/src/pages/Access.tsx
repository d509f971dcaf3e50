import { getRouteApi, Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import { useMe } from "../app/session";
import { buttonClass } from "../components/Button";
import { Page, Tabs } from "../components/Page";
import { useT } from "../i18n/i18n";
import { Explain } from "./access/Explain";
import { Grants } from "./access/Grants";
import { WhoCan } from "./access/WhoCan";

const route = getRouteApi("/signed-in/access");

/** Grants, and the two questions about them: who can do what, and why. */
export function AccessPage() {
  const t = useT();
  const me = useMe();
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const tabs = [
    { id: "grants", label: t("nav.grants"), content: <Grants /> },
    ...(me.permissions.access_view ? [{ id: "who-can", label: t("access.who_can"), content: <WhoCan /> }] : []),
    { id: "explain", label: t("access.explain"), content: <Explain /> },
  ];
  return (
    <Page
      title={t("access.title")}
      actions={
        me.permissions.access_manage ? (
          <Link to="/access/new-grant" className={buttonClass("primary")}>
            <Plus size={16} aria-hidden />
            {t("grant.create")}
          </Link>
        ) : null
      }
    >
      <Tabs
        label={t("access.title")}
        selected={tabs.some((each) => each.id === tab) ? (tab ?? "grants") : "grants"}
        onSelect={(next) => void navigate({ search: next === "grants" ? {} : { tab: next }, replace: true })}
        tabs={tabs}
      />
    </Page>
  );
}
