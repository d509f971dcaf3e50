import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";

import { body, client, type Schemas } from "../../api/client";
import { asFailure } from "../../api/failure";
import { grantsQuery, rolesQuery } from "../../api/queries";
import { asApiCall, asGrantCommand, grantPath } from "../../app/equivalent";
import { useMe } from "../../app/session";
import { Button, buttonClass } from "../../components/Button";
import { Code } from "../../components/Copy";
import { Dialog } from "../../components/Dialog";
import { SearchField, SelectField } from "../../components/Field";
import { Empty, Failure, Waiting } from "../../components/Notice";
import { useT } from "../../i18n/i18n";
import { NoMatch } from "../Services";
import { Subject } from "../words";
import { GrantTable } from "./GrantTable";

type Grant = Schemas["GrantView"];

const route = getRouteApi("/signed-in/access");

export function Grants() {
  const t = useT();
  const me = useMe();
  const { subject, role, collection } = route.useSearch();
  const navigate = route.useNavigate();
  const [removing, setRemoving] = useState<Grant | null>(null);
  const grants = useQuery({ ...grantsQuery({ subject, role, collection }), placeholderData: keepPreviousData });
  const roles = useQuery({ ...rolesQuery, enabled: me.permissions.access_view });
  const filter = (change: { subject?: string | undefined; role?: string | undefined; collection?: string | undefined }) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const failure = grants.error ? asFailure(grants.error) : null;
  // A filter that names nothing is no failure: there are no such grants.
  const unknown = failure?.status === 404 || failure?.status === 400;
  if (failure && !unknown) return <Failure failure={failure} onRetry={() => void grants.refetch()} />;
  if (!grants.data && !failure) return <Waiting />;
  const isFiltered = Boolean(subject ?? role ?? collection);
  return (
    <>
      <GrantTable
        name="grants"
        label={t("nav.grants")}
        grants={failure ? [] : (grants.data?.items ?? [])}
        onRemove={me.permissions.access_manage ? setRemoving : undefined}
        filters={
          <>
            <SearchField isFilter label={t("grant.filter_subject")} value={subject ?? ""} onChange={(next) => filter({ subject: next })} className="w-full sm:w-56" delayMs={400} />
            {roles.data ? (
              <SelectField
                inline
                label={t("grant.role")}
                value={role ?? "all"}
                onChange={(id) => filter({ role: id === "all" ? undefined : id })}
                options={[{ id: "all", label: t("list.all") }, ...roles.data.items.map((each) => ({ id: each.id, label: each.name }))]}
                className="w-52"
              />
            ) : null}
            <SearchField label={t("grant.filter_collection")} value={collection ?? ""} onChange={(next) => filter({ collection: next })} className="w-full sm:w-52" delayMs={400} />
          </>
        }
        empty={isFiltered ? <NoMatch onClear={() => void navigate({ search: {} })} /> : <NoGrants />}
      />
      {removing ? <RemoveGrant grant={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

function NoGrants() {
  const t = useT();
  const me = useMe();
  return (
    <Empty
      title={t("grant.none")}
      action={
        me.permissions.access_manage ? (
          <Link to="/access/new-grant" className={buttonClass("primary")}>
            {t("grant.create")}
          </Link>
        ) : null
      }
    >
      {me.permissions.access_manage ? t("grant.none_why") : t("grant.none_no_right")}
    </Empty>
  );
}

function RemoveGrant({ grant, onClose }: { grant: Grant; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const path = { subject_kind: grant.subject.kind, subject: grant.subject.id, role: grant.role, collection: grant.collection };
  const remove = useMutation({
    mutationFn: () => body(client.DELETE("/api/v1/grants/{subject_kind}/{subject}/{role}/{collection}", { params: { path } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["access"] });
      onClose();
    },
  });
  return (
    <Dialog
      title={t("grant.remove_title")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button kind="danger" isPending={remove.isPending} onPress={() => remove.mutate()}>
            {t("grant.remove")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {remove.error ? <Failure failure={asFailure(remove.error)} /> : null}
        <p>
          <Subject subject={grant.subject} /> · {grant.role_name} · <span className="break-all">{grant.collection_path}</span>
        </p>
        <p className="text-muted">{t("grant.remove_why")}</p>
        <Code label={t("copy.command")} text={asGrantCommand("rm", grant.subject.kind, grant.subject.name, grant.role, grant.collection_path)} />
        <Code label={t("copy.api")} text={asApiCall("DELETE", grantPath(grant.subject.kind, grant.subject.name, grant.role, grant.collection_path))} />
      </div>
    </Dialog>
  );
}
