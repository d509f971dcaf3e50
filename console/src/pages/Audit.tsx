import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import type { Schemas } from "../api/client";
import { asFailure } from "../api/failure";
import { auditQuery } from "../api/queries";
import { usePaging } from "../app/paging";
import { useMe } from "../app/session";
import { Copyable } from "../components/Copy";
import { DataTable, Pager, type Column } from "../components/DataTable";
import { Dialog } from "../components/Dialog";
import { SearchField, SelectField, TextField } from "../components/Field";
import { Empty, Failure, Notice, Waiting } from "../components/Notice";
import { Facts, Page } from "../components/Page";
import { Time } from "../components/Time";
import { useT, type Translate } from "../i18n/i18n";
import { NoMatch } from "./Services";
import { objectWord, Outcome } from "./words";

type Row = Schemas["AuditView"];

const route = getRouteApi("/signed-in/audit");
const outcomes = ["allowed", "refused", "failed"] as const;

function columnsOf(t: Translate, onOpen: (row: Row) => void): Column<Row>[] {
  return [
    {
      id: "action",
      header: t("audit.action"),
      cell: (row) => (
        <button type="button" data-row="" onClick={() => onOpen(row)} className="rounded text-left font-medium hover:underline sm:whitespace-nowrap">
          {row.action}
        </button>
      ),
    },
    { id: "outcome", header: t("audit.outcome"), cell: (row) => <Outcome outcome={row.outcome} /> },
    { id: "actor", header: t("audit.actor"), cell: (row) => <span className="inline-block min-w-20 [overflow-wrap:anywhere]">{row.actor.name}</span> },
    {
      id: "object",
      header: t("audit.object"),
      hideBelow: "sm",
      cell: (row) =>
        row.object ? (
          <span className="inline-block min-w-32 [overflow-wrap:anywhere]" title={row.object.name ?? row.object.id ?? undefined}>
            {objectWord(row.object)} <span className="text-muted">{row.object.kind}</span>
          </span>
        ) : null,
    },
    { id: "reason", header: t("audit.reason"), hideBelow: "lg", cell: (row) => (row.reason ? <span className="inline-block min-w-40 text-muted [overflow-wrap:anywhere]">{row.reason}</span> : null) },
    { id: "surface", header: t("audit.surface"), hideBelow: "xl", cell: (row) => row.surface },
    { id: "address", header: t("audit.address"), isExtra: true, hideBelow: "md", cell: (row) => row.address },
    { id: "at", header: t("audit.at"), hideBelow: "md", cell: (row) => <Time at={row.at} /> },
  ];
}

/** A time of the address as the browser's field takes it, in the zone of the reader. */
export function localTime(iso: string | undefined): string {
  const date = iso ? new Date(iso) : null;
  if (!date || Number.isNaN(date.getTime())) return "";
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function isoTime(local: string): string | undefined {
  const date = new Date(local);
  return local === "" || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

export function AuditPage() {
  const t = useT();
  const me = useMe();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [opened, setOpened] = useState<Row | null>(null);
  const outcome = outcomes.find((each) => each === search.outcome);
  const audit = useQuery({ ...auditQuery({ ...search, outcome }), placeholderData: keepPreviousData, enabled: me.permissions.audit_view });
  const columns = useMemo(() => columnsOf(t, setOpened), [t]);
  const filter = (change: Partial<typeof search>) =>
    void navigate({ search: (old) => ({ ...old, page_token: undefined, ...change }), replace: true });
  const paging = usePaging("audit", search.page_token, audit.data, (page_token) => void navigate({ search: (old) => ({ ...old, page_token }) }));
  if (!me.permissions.audit_view) {
    return (
      <Page title={t("nav.audit")}>
        <Notice tone="refused" title={t("audit.no_right")}>
          {t("audit.no_right_why")}
        </Notice>
      </Page>
    );
  }
  const isFiltered = Object.values(search).some(Boolean);
  return (
    <Page title={t("nav.audit")}>
      {audit.error ? <Failure failure={asFailure(audit.error)} onRetry={() => void audit.refetch()} /> : null}
      {audit.data ? (
        <DataTable
          name="audit"
          label={t("nav.audit")}
          columns={columns}
          rows={audit.data.items}
          rowKey={(row) => row.id}
          onPreview={setOpened}
          filters={
            <>
              <SearchField isFilter label={t("audit.filter_actor")} value={search.actor ?? ""} onChange={(actor) => filter({ actor })} className="w-full sm:w-40" />
              <SearchField label={t("audit.filter_action")} value={search.action ?? ""} onChange={(action) => filter({ action })} className="w-full sm:w-44" />
              <SearchField label={t("audit.filter_object")} value={search.object ?? ""} onChange={(object) => filter({ object })} className="w-full sm:w-44" />
              <SelectField
                inline
                label={t("audit.outcome")}
                value={outcome ?? "all"}
                onChange={(id) => filter({ outcome: id === "all" ? undefined : id })}
                options={[{ id: "all", label: t("list.all") }, ...outcomes.map((id) => ({ id, label: t(`audit.outcome.${id}`) }))]}
                className="w-full sm:w-44"
              />
              <Moment label={t("audit.since")} value={search.since} onChange={(since) => filter({ since })} />
              <Moment label={t("audit.until")} value={search.until} onChange={(until) => filter({ until })} />
            </>
          }
          pager={<Pager {...paging} />}
          empty={isFiltered ? <NoMatch onClear={() => void navigate({ search: {} })} /> : <Empty title={t("audit.none")}>{t("audit.none_why")}</Empty>}
        />
      ) : audit.isPending ? (
        <Waiting />
      ) : null}
      {opened ? <RowDialog row={opened} onClose={() => setOpened(null)} /> : null}
    </Page>
  );
}

function Moment({ label, value, onChange }: { label: string; value: string | undefined; onChange: (iso: string | undefined) => void }) {
  return (
    <TextField
      type="datetime-local"
      label={label}
      value={localTime(value)}
      onChange={(next) => onChange(isoTime(next))}
      className="!flex-row items-center text-muted max-sm:w-full [&_input]:sm:w-48 [&_label]:min-w-10 [&_label]:font-normal [&_label]:whitespace-nowrap [&_label]:text-muted"
    />
  );
}

function RowDialog({ row, onClose }: { row: Row; onClose: () => void }) {
  const t = useT();
  return (
    <Dialog title={row.action} isOpen onClose={onClose} place="side">
      <Facts
        facts={[
          [t("audit.outcome"), <Outcome key="outcome" outcome={row.outcome} />],
          row.reason ? [t("audit.reason"), row.reason] : null,
          [t("audit.at"), <Time key="at" at={row.at} long />],
          [t("audit.actor"), `${row.actor.name} (${row.actor.kind})`],
          row.actor.via ? [t("audit.via"), row.actor.via] : null,
          [t("audit.address"), <Copyable key="address" text={row.address} label={t("audit.copy_address")} />],
          [t("audit.surface"), row.surface],
          row.object ? [t("audit.object"), `${row.object.name ?? ""} (${row.object.kind})`] : null,
          row.object?.id ? [t("audit.object_id"), <Copyable key="id" text={row.object.id} label={t("copy.id")} />] : null,
          row.object?.collection_path ? [t("service.collection"), row.object.collection_path] : null,
          [t("failure.request_id"), <Copyable key="request" text={row.request_id} label={t("failure.copy_request_id")} />],
        ]}
      />
    </Dialog>
  );
}
