import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useState } from "react";

import { body, client, type Schemas } from "../../api/client";
import { asFailure } from "../../api/failure";
import { tagsQuery } from "../../api/queries";
import { asApiCall, asCommand } from "../../app/equivalent";
import { usePaging } from "../../app/paging";
import { Button } from "../../components/Button";
import { Code, Copyable, CopyButton, shorten } from "../../components/Copy";
import { DataTable, Pager, type Column } from "../../components/DataTable";
import { Dialog } from "../../components/Dialog";
import { SearchField } from "../../components/Field";
import { Menu } from "../../components/Menu";
import { Empty, Failure, Waiting } from "../../components/Notice";
import { bytes, Time } from "../../components/Time";
import { useLanguage, useT } from "../../i18n/i18n";
import { NoMatch } from "../Services";
import { Name } from "../words";

type Tag = Schemas["TagView"];
type Repository = Schemas["RepositoryView"];

const route = getRouteApi("/signed-in/repositories/$");

function platform(view: Schemas["PlatformView"]): string {
  return [view.os, view.architecture, view.variant].filter(Boolean).join("/");
}

export function Tags({ repository }: { repository: Repository }) {
  const { t, locale } = useLanguage();
  const { q, page_token } = route.useSearch();
  const navigate = route.useNavigate();
  const [deleting, setDeleting] = useState<Tag | null>(null);
  const tags = useQuery({ ...tagsQuery(repository.name, { q, page_token }), placeholderData: keepPreviousData });
  const paging = usePaging(`tags.${repository.id}`, page_token, tags.data, (next) => void navigate({ search: { q, page_token: next } }));
  const columns: Column<Tag>[] = [
    { id: "name", header: t("tag.name"), cell: (tag) => <Name>{tag.name}</Name> },
    {
      id: "digest",
      header: t("tag.digest"),
      cell: (tag) => <Copyable text={tag.digest} short={shorten(tag.digest, 13, 4)} label={t("copy.digest")} />,
    },
    { id: "size", header: t("tag.size"), align: "end", hideBelow: "sm", cell: (tag) => <span className="whitespace-nowrap tabular-nums">{bytes(tag.size_bytes, locale)}</span> },
    { id: "platforms", header: t("tag.platforms"), hideBelow: "md", cell: (tag) => tag.platforms.map((each) => <p key={platform(each)}>{platform(each)}</p>) },
    { id: "media", header: t("tag.media_type"), isExtra: true, hideBelow: "md", cell: (tag) => <span className="font-mono text-xs break-all">{tag.media_type}</span> },
    {
      id: "pushed",
      header: t("tag.pushed"),
      hideBelow: "sm",
      cell: (tag) => (
        <>
          <Time at={tag.pushed_at} />
          {tag.pushed_by ? <p className="text-xs text-muted">{tag.pushed_by}</p> : null}
        </>
      ),
    },
    {
      id: "actions",
      header: t("list.actions"),
      align: "end",
      cell: (tag) => (
        <span className="inline-flex items-center gap-1">
          <CopyButton text={`docker pull ${repository.reference}:${tag.name}`} label={t("tag.copy_pull", { tag: tag.name })} />
          {repository.permissions.delete ? (
            <Menu
              label={t("tag.menu", { tag: tag.name })}
              trigger={<Ellipsis size={16} aria-hidden />}
              triggerClass="inline-grid size-6 place-items-center rounded text-muted hover:bg-sunken hover:text-text"
              groups={[{ id: "tag", label: tag.name, entries: [{ id: "delete", label: t("tag.delete"), onAction: () => setDeleting(tag) }] }]}
            />
          ) : null}
        </span>
      ),
    },
  ];
  if (tags.error) return <Failure failure={asFailure(tags.error)} onRetry={() => void tags.refetch()} />;
  if (!tags.data) return <Waiting lines={4} />;
  return (
    <>
      <DataTable
        name="tags"
        label={t("repository.tags")}
        columns={columns}
        rows={tags.data.items}
        rowKey={(tag) => tag.name}
        filters={
          <SearchField isFilter label={t("tag.filter")} value={q ?? ""} onChange={(next) => void navigate({ search: { q: next }, replace: true })} className="w-full sm:w-64" />
        }
        pager={<Pager {...paging} />}
        empty={q ? <NoMatch onClear={() => void navigate({ search: {} })} /> : <NoTags repository={repository} />}
      />
      {deleting ? <DeleteTag repository={repository} tag={deleting} onClose={() => setDeleting(null)} /> : null}
    </>
  );
}

function NoTags({ repository }: { repository: Repository }) {
  const t = useT();
  return (
    <Empty title={t("tag.none")}>
      <p className="pb-3">{repository.permissions.push ? t("tag.none_push") : t("tag.none_no_right")}</p>
      {repository.permissions.push ? (
        <div className="text-left">
          <Code label={t("copy.command")} text={`docker push ${repository.reference}:1.0`} />
        </div>
      ) : null}
    </Empty>
  );
}

function DeleteTag({ repository, tag, onClose }: { repository: Repository; tag: Tag; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      body(client.DELETE("/api/v1/repositories/{repository}/tags/{tag}", { params: { path: { repository: repository.name, tag: tag.name } } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["repositories"] });
      onClose();
    },
  });
  return (
    <Dialog
      title={t("tag.delete_title", { tag: tag.name })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button kind="danger" isPending={remove.isPending} onPress={() => remove.mutate()}>
            {t("tag.delete")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {remove.error ? <Failure failure={asFailure(remove.error)} /> : null}
        <p>{t("tag.delete_why", { repository: repository.name, tag: tag.name })}</p>
        <p className="text-muted">{t("tag.delete_space")}</p>
        <Code label={t("copy.command")} text={asCommand("repo", "tag-rm", repository.name, tag.name)} />
        <Code label={t("copy.api")} text={asApiCall("DELETE", `/repositories/${encodeURIComponent(repository.name)}/tags/${tag.name}`)} />
      </div>
    </Dialog>
  );
}
