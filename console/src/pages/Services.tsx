import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import type { Schemas } from "../api/client";
import { asFailure } from "../api/failure";
import { servicesQuery } from "../api/queries";
import { usePaging } from "../app/paging";
import { useMe } from "../app/session";
import { sortOf, sortWords } from "../app/sorting";
import { Button, buttonClass } from "../components/Button";
import { Code } from "../components/Copy";
import { DataTable, Pager, type Column } from "../components/DataTable";
import { Dialog } from "../components/Dialog";
import { SearchField, SelectField } from "../components/Field";
import { Empty, Failure, Waiting } from "../components/Notice";
import { Page } from "../components/Page";
import { Time } from "../components/Time";
import { useT, type Translate } from "../i18n/i18n";
import { ServiceFacts } from "./service/ServiceFacts";
import { Image, Name, Path, ServiceState } from "./words";

type Service = Schemas["ServiceView"];

const route = getRouteApi("/signed-in/services");
const states = ["running", "updating", "degraded", "stopped"] as const;
const sorts = ["name", "image", "stack", "updated"] as const;

function columnsOf(t: Translate): Column<Service>[] {
  return [
    {
      id: "name",
      sort: "name",
      header: t("service.name"),
      cell: (service) => (
        <>
          <Link data-row="" to="/services/$service" params={{ service: service.name }} className="rounded text-text hover:underline">
            <Name>{service.name}</Name>
          </Link>
          {service.message ? <p className="max-w-prose text-xs break-words text-muted">{service.message}</p> : null}
        </>
      ),
    },
    { id: "state", header: t("service.state"), cell: (service) => <ServiceState state={service.state} /> },
    {
      id: "replicas",
      header: t("service.replicas"),
      align: "end",
      cell: (service) => (
        <span className="tabular-nums">
          {service.replicas.running}/{service.replicas.desired}
        </span>
      ),
    },
    { id: "image", sort: "image", header: t("service.image"), hideBelow: "md", cell: (service) => <Image reference={service.image} /> },
    { id: "stack", sort: "stack", header: t("service.stack"), isExtra: true, hideBelow: "md", cell: (service) => service.stack ?? "" },
    { id: "collection", header: t("service.collection"), hideBelow: "lg", cell: (service) => (service.collection_path ? <Path>{service.collection_path}</Path> : <span className="text-muted">{t("service.no_collection")}</span>) },
    { id: "owner", header: t("service.owner"), isExtra: true, hideBelow: "md", cell: (service) => service.owner ?? "" },
    { id: "updated", sort: "updated", header: t("service.updated"), hideBelow: "sm", cell: (service) => <Time at={service.updated_at} /> },
  ];
}

export function ServicesPage() {
  const t = useT();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [preview, setPreview] = useState<Service | null>(null);
  const state = states.find((each) => each === search.state);
  const sort = sortOf(search, sorts);
  const services = useQuery({ ...servicesQuery({ ...search, state, sort: sort.by, order: sort.descending ? "desc" : "asc" }), placeholderData: keepPreviousData });
  const columns = useMemo(() => columnsOf(t), [t]);
  const filter = (change: Partial<typeof search>) =>
    void navigate({ search: (old) => ({ ...old, page_token: undefined, ...change }), replace: true });
  const paging = usePaging("services", search.page_token, services.data, (page_token) => void navigate({ search: (old) => ({ ...old, page_token }) }));
  const isFiltered = Boolean(search.q ?? search.state ?? search.collection);
  return (
    <Page title={t("nav.services")}>
      {services.error ? <Failure failure={asFailure(services.error)} onRetry={() => void services.refetch()} /> : null}
      {services.data ? (
        <DataTable
          name="services"
          label={t("nav.services")}
          columns={columns}
          rows={services.data.items}
          rowKey={(service) => service.id}
          sort={sort}
          onSort={(next) => filter(sortWords(next, sorts[0]))}
          onPreview={setPreview}
          filters={
            <>
              <SearchField isFilter label={t("service.filter")} value={search.q ?? ""} onChange={(q) => filter({ q })} className="w-full sm:w-72" />
              <SelectField
                inline
                label={t("service.state")}
                value={state ?? "all"}
                onChange={(id) => filter({ state: id === "all" ? undefined : id })}
                options={[{ id: "all", label: t("list.all") }, ...states.map((id) => ({ id, label: t(`service.state.${id}`) }))]}
                className="w-44"
              />
              {search.collection ? (
                <Button kind="plain" onPress={() => filter({ collection: undefined })}>
                  {t("service.in_collection", { collection: search.collection })} ×
                </Button>
              ) : null}
            </>
          }
          pager={<Pager {...paging} />}
          empty={isFiltered ? <NoMatch onClear={() => void navigate({ search: {} })} /> : <NoServices />}
        />
      ) : services.isPending ? (
        <Waiting />
      ) : null}
      {preview ? (
        <Dialog
          title={preview.name}
          isOpen
          onClose={() => setPreview(null)}
          place="side"
          actions={
            <Link to="/services/$service" params={{ service: preview.name }} className={buttonClass("primary")}>
              {t("action.open")}
            </Link>
          }
        >
          <ServiceFacts service={preview} />
        </Dialog>
      ) : null}
    </Page>
  );
}

export function NoMatch({ onClear }: { onClear: () => void }) {
  const t = useT();
  return (
    <Empty title={t("list.no_match")} action={<Button onPress={onClear}>{t("list.clear_filters")}</Button>}>
      {t("list.no_match_why")}
    </Empty>
  );
}

function NoServices() {
  const t = useT();
  const me = useMe();
  return (
    <Empty title={t("service.none")}>
      <p className="pb-3">{me.permissions.services_create ? t("service.none_create") : t("service.none_no_right")}</p>
      {me.permissions.services_create ? (
        <div className="text-left">
          <Code label={t("copy.command")} text="docker stack deploy -c compose.yml shop" />
        </div>
      ) : null}
    </Empty>
  );
}
