import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Schemas } from "../api/client";
import { asFailure } from "../api/failure";
import { auditQuery, countLimit, grantsQuery, nodesQuery, repositoriesQuery, servicesQuery, statusQuery, usersQuery, type ListView } from "../api/queries";
import { useMe } from "../app/session";
import { Code, Copyable } from "../components/Copy";
import { Failure, Notice, Waiting } from "../components/Notice";
import { Facts, Page, Panel } from "../components/Page";
import { State } from "../components/State";
import { Time } from "../components/Time";
import { useLanguage, useT } from "../i18n/i18n";
import { isEveryone, objectWord, Outcome, ServiceState } from "./words";

const recent = 8;

export function HomePage() {
  const t = useT();
  const me = useMe();
  const status = useQuery(statusQuery);
  const ready = status.data?.is_ready;
  return (
    <Page
      title={me.cluster.name}
      state={ready === undefined ? null : <State tone={ready ? "good" : "bad"}>{ready ? t("home.ready") : t("home.not_ready")}</State>}
    >
      {status.error ? <Failure failure={asFailure(status.error)} onRetry={() => void status.refetch()} /> : null}
      {status.data?.notices.map((notice) => <Notice key={notice} tone="info" title={notice} />)}
      <Counts />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Cluster status={status.data} />
          <FirstSteps />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Troubled />
          {me.permissions.audit_view ? <RecentAudit /> : null}
        </div>
      </div>
    </Page>
  );
}

/** A number is shown where it is right; a full page means that there are more than were counted. */
function counted(page: ListView<unknown> | undefined, locale: string): string {
  if (!page) return "–";
  const number = page.items.length.toLocaleString(locale);
  return page.next_page_token ? `> ${number}` : number;
}

function Tile({ label, value, detail, to }: { label: string; value: string; detail?: ReactNode; to?: "/services" | "/repositories" | undefined }) {
  const inner = (
    <>
      <span className="text-sm text-muted">{label}</span>
      <span className="text-xl font-semibold tabular-nums">{value}</span>
      <span className="min-h-5 text-xs text-muted">{detail}</span>
    </>
  );
  const look = "flex flex-col rounded border border-border bg-raised px-4 py-3";
  return to ? (
    <Link to={to} className={`${look} hover:border-edge`}>
      {inner}
    </Link>
  ) : (
    <div className={look}>{inner}</div>
  );
}

function Counts() {
  const { t, locale } = useLanguage();
  const { permissions } = useMe();
  const all = { limit: countLimit };
  const services = useQuery({ ...servicesQuery(all), enabled: permissions.services_view });
  const repositories = useQuery(repositoriesQuery(all));
  const users = useQuery({ ...usersQuery(all), enabled: permissions.accounts_view });
  const status = useQuery(statusQuery);
  const running = services.data?.items.filter((service) => service.state === "running").length;
  const tags = repositories.data?.items.reduce((sum, repository) => sum + repository.tag_count, 0);
  return (
    <div className="grid grid-cols-2 gap-3 sm:gap-4 lg:grid-cols-4">
      {permissions.services_view ? (
        <Tile
          label={t("nav.services")}
          value={counted(services.data, locale)}
          detail={running === undefined ? null : t("home.running", { count: running })}
          to="/services"
        />
      ) : null}
      <Tile
        label={t("nav.repositories")}
        value={counted(repositories.data, locale)}
        detail={tags === undefined || repositories.data?.next_page_token ? null : t("home.tags", { count: tags })}
        to="/repositories"
      />
      <Tile
        label={t("home.nodes")}
        value={status.data ? status.data.nodes_total.toLocaleString(locale) : "–"}
        detail={status.data ? t("home.connected", { count: status.data.nodes_connected }) : null}
      />
      {permissions.accounts_view ? <Tile label={t("home.users")} value={counted(users.data, locale)} /> : null}
    </div>
  );
}

function Cluster({ status }: { status: Schemas["StatusView"] | undefined }) {
  const t = useT();
  const me = useMe();
  const nodes = useQuery({ ...nodesQuery, enabled: me.permissions.nodes_view });
  const engines = [...new Set((nodes.data?.items ?? []).flatMap((node) => node.engine_version ?? []))];
  const { cluster } = me;
  return (
    <Panel title={t("home.cluster")}>
      <Facts
        facts={[
          [t("home.version"), `holdfast/${status?.cluster.version ?? cluster.version}`],
          engines.length > 0 && [t("home.engine"), `Docker Engine ${engines.join(", ")}`],
          [t("home.registry"), <Copyable key="registry" text={cluster.registry} label={t("home.copy_registry")} />],
          [t("home.cluster_id"), <Copyable key="id" text={cluster.id} label={t("home.copy_id")} />],
          ...(status?.stores ?? []).map((store) => [t("home.store", { name: store.name }), <StoreState key={store.name} store={store} />] as const),
          me.permissions.access_view && [t("home.scheduling"), <Scheduling key="scheduling" onAll={status?.schedule_on_all_nodes ?? false} />],
        ]}
      />
    </Panel>
  );
}

function StoreState({ store }: { store: Schemas["StoreStatusView"] }) {
  const t = useT();
  if (store.leader === null || store.leader === undefined) return <State tone="bad">{t("home.store_no_leader")}</State>;
  if (!store.is_ready) return <State tone="busy">{t("home.store_catching_up")}</State>;
  return <State tone="good">{store.leader === store.member ? t("home.store_leads") : t("home.store_follows", { leader: store.leader })}</State>;
}

/** UCP's setting "all users may schedule on all nodes"; without it, what everyone is granted says where they may. */
function Scheduling({ onAll }: { onAll: boolean }) {
  const t = useT();
  const grants = useQuery(grantsQuery({ role: "scheduler" }));
  if (!grants.data) return <span className="text-muted">–</span>;
  const everyone = grants.data.items.filter((grant) => isEveryone(grant.subject));
  return (
    <span>
      <State tone={onAll ? "info" : "idle"}>{onAll ? t("home.scheduling_on") : t("home.scheduling_off")}</State>{" "}
      {!onAll && everyone.length > 0 ? (
        <span className="text-muted">{t("home.scheduling_in", { paths: everyone.map((grant) => grant.collection_path).join(", ") })}</span>
      ) : null}
    </span>
  );
}

function FirstSteps() {
  const t = useT();
  const me = useMe();
  const repositories = useQuery(repositoriesQuery({ limit: countLimit }));
  if (repositories.data?.items.length !== 0) return null;
  const { registry } = me.cluster;
  return (
    <Panel title={t("home.first_steps")}>
      <p className="pb-3 text-muted">{t("home.first_steps_why")}</p>
      <Code
        label={t("copy.command")}
        text={`docker login ${registry}\ndocker tag IMAGE ${registry}/${me.name}/web:1.0\ndocker push ${registry}/${me.name}/web:1.0`}
      />
    </Panel>
  );
}

function Troubled() {
  const t = useT();
  const { permissions } = useMe();
  const degraded = useQuery({ ...servicesQuery({ state: "degraded", limit: recent }), enabled: permissions.services_view });
  if (!permissions.services_view || !degraded.data) return null;
  return (
    <Panel title={t("home.attention")} flush>
      {degraded.data.items.length === 0 ? (
        <p className="p-4 text-muted">{t("home.attention_none")}</p>
      ) : (
        <ul className="divide-y divide-border">
          {degraded.data.items.map((service) => (
            <li key={service.id} className="flex flex-wrap items-center gap-x-3 px-4 py-2">
              <Link to="/services/$service" params={{ service: service.name }} className="font-medium break-all text-accent hover:underline">
                {service.name}
              </Link>
              <ServiceState state={service.state} />
              <span className="text-muted tabular-nums">
                {service.replicas.running}/{service.replicas.desired}
              </span>
              {service.message ? <span className="basis-full text-xs break-words text-muted">{service.message}</span> : null}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RecentAudit() {
  const t = useT();
  const audit = useQuery(auditQuery({ limit: recent }));
  return (
    <Panel
      title={t("home.recent")}
      flush
      actions={
        <Link to="/audit" className="rounded text-sm text-accent hover:underline">
          {t("home.all_audit")}
        </Link>
      }
    >
      {audit.data ? (
        <ul className="divide-y divide-border">
          {audit.data.items.map((row) => (
            <li key={row.id} className="flex flex-wrap items-center gap-x-3 px-4 py-2 text-sm">
              <Outcome outcome={row.outcome} />
              <span className="font-medium">{row.actor.name}</span>
              <span>{row.action}</span>
              <span className="min-w-0 text-muted [overflow-wrap:anywhere]">{objectWord(row.object)}</span>
              <span className="ml-auto text-xs text-muted">
                <Time at={row.at} />
              </span>
            </li>
          ))}
        </ul>
      ) : audit.error ? (
        <Failure failure={asFailure(audit.error)} />
      ) : (
        <Waiting lines={4} />
      )}
    </Panel>
  );
}
