import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Scaling } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { body, client, type Schemas } from "../api/client";
import { asFailure } from "../api/failure";
import { serviceQuery, tasksQuery } from "../api/queries";
import { asApiCall } from "../app/equivalent";
import { Button } from "../components/Button";
import { Code, Copyable, shorten } from "../components/Copy";
import { DataTable, type Column } from "../components/DataTable";
import { Dialog } from "../components/Dialog";
import { TextField } from "../components/Field";
import { Empty, Failure, Notice, Waiting } from "../components/Notice";
import { Page, Panel, Tabs } from "../components/Page";
import { Time } from "../components/Time";
import { useT } from "../i18n/i18n";
import { ServiceFacts } from "./service/ServiceFacts";
import { Image, MissingRight, Name, ServiceState, TaskState } from "./words";

// Only who opens a log needs what draws one.
const Logs = lazy(async () => ({ default: (await import("./service/Logs")).Logs }));

type Task = Schemas["TaskView"];
type Service = Schemas["ServiceView"];

const route = getRouteApi("/signed-in/services/$service");

export function ServicePage() {
  const t = useT();
  const { service: name } = route.useParams();
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const [scaling, setScaling] = useState(false);
  const service = useQuery(serviceQuery(name));
  const trail = (
    <Link to="/services" className="rounded hover:underline">
      {t("nav.services")}
    </Link>
  );
  if (!service.data) {
    return (
      <Page title={name} trail={trail}>
        {service.error ? <Failure failure={asFailure(service.error)} onRetry={() => void service.refetch()} /> : <Waiting />}
      </Page>
    );
  }
  const { data } = service;
  const mayScale = data.permissions.update && data.mode === "replicated";
  return (
    <Page
      title={data.name}
      trail={trail}
      state={
        <>
          <ServiceState state={data.state} />
          <span className="text-sm text-muted tabular-nums">{t("service.running_of", { running: data.replicas.running, desired: data.replicas.desired })}</span>
        </>
      }
      actions={
        mayScale ? (
          <Button kind="primary" icon={<Scaling size={16} aria-hidden />} onPress={() => setScaling(true)}>
            {t("service.scale")}
          </Button>
        ) : null
      }
    >
      {service.error ? <Failure failure={asFailure(service.error)} onRetry={() => void service.refetch()} /> : null}
      {data.message ? <Notice tone="warn" title={data.message} /> : null}
      <div className="grid items-start gap-4 lg:grid-cols-[21rem_minmax(0,1fr)]">
        <div className="max-lg:order-last">
          <Panel title={t("service.facts")}>
            <ServiceFacts service={data} />
          </Panel>
        </div>
        <Tabs
          label={data.name}
          selected={tab === "logs" ? "logs" : "tasks"}
          onSelect={(next) => void navigate({ search: next === "logs" ? { tab: "logs" } : {}, replace: true })}
          tabs={[
            { id: "tasks", label: t("service.tasks"), content: <Tasks service={data} /> },
            { id: "logs", label: t("service.logs"), content: <Suspense fallback={<Waiting />}><Logs service={data} /></Suspense> },
          ]}
        />
      </div>
      {scaling ? <ScaleDialog service={data} onClose={() => setScaling(false)} /> : null}
    </Page>
  );
}

function Tasks({ service }: { service: Service }) {
  const t = useT();
  const tasks = useQuery({ ...tasksQuery(service.name), enabled: service.permissions.view_tasks });
  if (!service.permissions.view_tasks) {
    return (
      <Notice tone="refused" title={t("service.no_tasks_right")}>
        <MissingRight operation="Service View Tasks" collection={service.collection_path} />
      </Notice>
    );
  }
  if (tasks.error) return <Failure failure={asFailure(tasks.error)} onRetry={() => void tasks.refetch()} />;
  if (!tasks.data) return <Waiting lines={4} />;
  const columns: Column<Task>[] = [
    {
      id: "name",
      header: t("task.name"),
      cell: (task) => (
        <>
          <Name>{task.name}</Name>
          {task.error ? <p className="max-w-prose text-xs break-words text-bad">{task.error}</p> : null}
        </>
      ),
    },
    { id: "state", header: t("task.state"), cell: (task) => <TaskState state={task.state} /> },
    { id: "desired", header: t("task.desired"), hideBelow: "md", cell: (task) => task.desired_state },
    { id: "node", header: t("task.node"), hideBelow: "sm", cell: (task) => task.node ?? <span className="text-muted">{t("task.unplaced")}</span> },
    { id: "image", header: t("service.image"), isExtra: true, hideBelow: "md", cell: (task) => <Image reference={task.image} /> },
    {
      id: "container",
      header: t("task.container"),
      hideBelow: "xl",
      cell: (task) =>
        task.container_id ? <Copyable text={task.container_id} short={shorten(task.container_id, 8, 4)} label={t("task.copy_container")} /> : null,
    },
    { id: "updated", header: t("service.updated"), hideBelow: "md", cell: (task) => <Time at={task.updated_at} /> },
  ];
  return (
    <DataTable
      name="tasks"
      label={t("service.tasks")}
      columns={columns}
      rows={tasks.data.items}
      rowKey={(task) => task.id}
      filters={<p className="px-2 text-xs text-muted">{t("task.order")}</p>}
      empty={<Empty title={t("task.none")}>{t("task.none_why")}</Empty>}
    />
  );
}

function ScaleDialog({ service, onClose }: { service: Service; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const [text, setText] = useState(String(service.replicas.desired));
  const replicas = /^\d{1,6}$/.test(text) ? Number(text) : null;
  const scale = useMutation({
    mutationFn: (count: number) =>
      body(client.POST("/api/v1/services/{service}/scale", { params: { path: { service: service.name } }, body: { replicas: count } })),
    onSuccess: (next) => {
      queries.setQueryData(serviceQuery(service.name).queryKey, next);
      void queries.invalidateQueries({ queryKey: ["services"] });
      onClose();
    },
  });
  return (
    <Dialog
      title={t("service.scale_title", { name: service.name })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button kind="primary" isDisabled={replicas === null} isPending={scale.isPending} onPress={() => replicas !== null && scale.mutate(replicas)}>
            {t("service.scale_submit")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {scale.error ? <Failure failure={asFailure(scale.error)} /> : null}
        <TextField
          label={t("service.replicas")}
          type="number"
          min={0}
          value={text}
          onChange={setText}
          autoFocus
          hint={replicas === 0 ? t("service.scale_zero") : t("service.scale_hint", { count: service.replicas.desired })}
          error={replicas === null ? t("service.scale_wrong") : undefined}
        />
        <Code label={t("copy.command")} text={`docker service scale ${service.name}=${replicas ?? "N"}`} />
        <Code label={t("copy.api")} text={asApiCall("POST", `/services/${service.name}/scale`, { replicas: replicas ?? 0 })} />
      </div>
    </Dialog>
  );
}
