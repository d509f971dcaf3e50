import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import type { Schemas } from "../api/client";
import { asFailure } from "../api/failure";
import { repositoriesQuery } from "../api/queries";
import { usePaging } from "../app/paging";
import { useMe } from "../app/session";
import { sortOf, sortWords } from "../app/sorting";
import { Button, buttonClass } from "../components/Button";
import { Code } from "../components/Copy";
import { DataTable, Pager, type Column } from "../components/DataTable";
import { Dialog } from "../components/Dialog";
import { SearchField } from "../components/Field";
import { Empty, Failure, Waiting } from "../components/Notice";
import { Page } from "../components/Page";
import { Time } from "../components/Time";
import { useT, type Translate } from "../i18n/i18n";
import { RepositoryFacts, rightsWord } from "./repository/RepositoryFacts";
import { NoMatch } from "./Services";
import { Name } from "./words";

type Repository = Schemas["RepositoryView"];

const route = getRouteApi("/signed-in/repositories/");
const sorts = ["name", "created", "updated", "tags"] as const;

function columnsOf(t: Translate): Column<Repository>[] {
  return [
    {
      id: "name",
      sort: "name",
      header: t("repository.name"),
      cell: (repository) => (
        <>
          <Link data-row="" to="/repositories/$" params={{ _splat: repository.name }} className="rounded text-text hover:underline">
            <Name>{repository.name}</Name>
          </Link>
          {repository.description ? <p className="max-w-prose text-xs break-words text-muted">{repository.description}</p> : null}
        </>
      ),
    },
    { id: "visibility", header: t("repository.visibility"), hideBelow: "sm", cell: (repository) => t(`repository.${repository.visibility}`) },
    { id: "tags", sort: "tags", header: t("repository.tags"), align: "end", cell: (repository) => <span className="tabular-nums">{repository.tag_count}</span> },
    { id: "rights", header: t("repository.my_rights"), hideBelow: "md", cell: (repository) => rightsWord(t, repository.permissions) },
    { id: "created", sort: "created", header: t("service.created"), isExtra: true, hideBelow: "md", cell: (repository) => <Time at={repository.created_at} /> },
    { id: "updated", sort: "updated", header: t("service.updated"), hideBelow: "sm", cell: (repository) => <Time at={repository.updated_at} /> },
  ];
}

export function RepositoriesPage() {
  const t = useT();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [preview, setPreview] = useState<Repository | null>(null);
  const sort = sortOf(search, sorts);
  const repositories = useQuery({ ...repositoriesQuery({ ...search, sort: sort.by, order: sort.descending ? "desc" : "asc" }), placeholderData: keepPreviousData });
  const columns = useMemo(() => columnsOf(t), [t]);
  const filter = (change: Partial<typeof search>) =>
    void navigate({ search: (old) => ({ ...old, page_token: undefined, ...change }), replace: true });
  const paging = usePaging("repositories", search.page_token, repositories.data, (page_token) =>
    void navigate({ search: (old) => ({ ...old, page_token }) }),
  );
  return (
    <Page title={t("nav.repositories")}>
      {repositories.error ? <Failure failure={asFailure(repositories.error)} onRetry={() => void repositories.refetch()} /> : null}
      {repositories.data ? (
        <DataTable
          name="repositories"
          label={t("nav.repositories")}
          columns={columns}
          rows={repositories.data.items}
          rowKey={(repository) => repository.id}
          sort={sort}
          onSort={(next) => filter(sortWords(next, sorts[0]))}
          onPreview={setPreview}
          filters={
            <>
              <SearchField isFilter label={t("repository.filter")} value={search.q ?? ""} onChange={(q) => filter({ q })} className="w-full sm:w-72" />
              {search.namespace ? (
                <Button onPress={() => filter({ namespace: undefined })}>{t("repository.in_namespace", { namespace: search.namespace })} ×</Button>
              ) : null}
            </>
          }
          pager={<Pager {...paging} />}
          empty={search.q || search.namespace ? <NoMatch onClear={() => void navigate({ search: {} })} /> : <NoRepositories />}
        />
      ) : repositories.isPending ? (
        <Waiting />
      ) : null}
      {preview ? (
        <Dialog
          title={preview.name}
          isOpen
          onClose={() => setPreview(null)}
          place="side"
          actions={
            <Link to="/repositories/$" params={{ _splat: preview.name }} className={buttonClass("primary")}>
              {t("action.open")}
            </Link>
          }
        >
          <RepositoryFacts repository={preview} />
        </Dialog>
      ) : null}
    </Page>
  );
}

function NoRepositories() {
  const t = useT();
  const me = useMe();
  const { registry } = me.cluster;
  return (
    <Empty title={t("repository.none")}>
      <p className="pb-3">{me.permissions.repositories_create ? t("repository.none_push") : t("repository.none_no_right")}</p>
      {me.permissions.repositories_create ? (
        <div className="text-left">
          <Code label={t("copy.command")} text={`docker login ${registry}\ndocker tag IMAGE ${registry}/${me.name}/web:1.0\ndocker push ${registry}/${me.name}/web:1.0`} />
        </div>
      ) : null}
    </Empty>
  );
}
