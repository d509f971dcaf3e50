import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";

import { body, client, type Schemas } from "../../api/client";
import { asFailure } from "../../api/failure";
import { rightsQuery, teamsQuery } from "../../api/queries";
import { asApiCall, asCommand } from "../../app/equivalent";
import { Button, IconButton } from "../../components/Button";
import { Code } from "../../components/Copy";
import { DataTable, type Column } from "../../components/DataTable";
import { Dialog } from "../../components/Dialog";
import { ComboField, SelectField } from "../../components/Field";
import { Empty, Failure, Waiting } from "../../components/Notice";
import { useT } from "../../i18n/i18n";
import { Name } from "../words";

type Repository = Schemas["RepositoryView"];
type Right = Schemas["RightView"];
type Level = Schemas["RightsLevel"];

const levels = ["read", "write", "admin"] as const;

/** What teams may do in a repository. */
export function Rights({ repository }: { repository: Repository }) {
  const t = useT();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const rights = useQuery(rightsQuery(repository.name));
  const remove = useMutation({
    mutationFn: (team: string) =>
      body(client.DELETE("/api/v1/repositories/{repository}/rights/{team}", { params: { path: { repository: repository.name, team } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["repositories"] }),
  });
  if (rights.error) return <Failure failure={asFailure(rights.error)} onRetry={() => void rights.refetch()} />;
  if (!rights.data) return <Waiting lines={4} />;
  const may = repository.permissions.administer;
  const columns: Column<Right>[] = [
    { id: "team", header: t("right.team"), cell: (right) => <Name>{`${right.organization}/${right.team}`}</Name> },
    { id: "level", header: t("right.level"), cell: (right) => t(`right.${right.level}`) },
    { id: "from", header: t("right.from"), hideBelow: "sm", cell: (right) => (right.is_namespace ? t("right.namespace") : t("right.repository")) },
    ...(may
      ? [
          {
            id: "actions",
            header: t("list.actions"),
            align: "end" as const,
            cell: (right: Right) =>
              right.is_namespace ? null : (
                <IconButton
                  label={t("right.remove", { team: right.team })}
                  icon={<X size={16} aria-hidden />}
                  isDisabled={remove.isPending}
                  onPress={() => remove.mutate(right.team)}
                  isSmall
                />
              ),
          },
        ]
      : []),
  ];
  return (
    <div className="flex flex-col gap-3">
      {remove.error ? <Failure failure={asFailure(remove.error)} /> : null}
      <DataTable
        name="rights"
        label={t("repository.rights")}
        columns={columns}
        rows={rights.data.items}
        rowKey={(right) => `${right.team} ${right.is_namespace}`}
        filters={
          may ? (
            <Button icon={<Plus size={16} aria-hidden />} onPress={() => setAdding(true)}>
              {t("right.add")}
            </Button>
          ) : (
            <p className="px-2 text-xs text-muted">{t("right.owner_only")}</p>
          )
        }
        empty={<Empty title={t("right.none")}>{t("right.none_why", { namespace: repository.namespace })}</Empty>}
      />
      {adding ? <AddRight repository={repository} onClose={() => setAdding(false)} /> : null}
    </div>
  );
}

function AddRight({ repository, onClose }: { repository: Repository; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const [team, setTeam] = useState<string | null>(null);
  const [level, setLevel] = useState<Level>("read");
  const teams = useQuery(teamsQuery(repository.namespace));
  const put = useMutation({
    mutationFn: (name: string) =>
      body(
        client.PUT("/api/v1/repositories/{repository}/rights/{team}", {
          params: { path: { repository: repository.name, team: name } },
          body: { level },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["repositories"] });
      onClose();
    },
  });
  return (
    <Dialog
      title={t("right.add_title", { repository: repository.name })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button kind="primary" isDisabled={team === null} isPending={put.isPending} onPress={() => team !== null && put.mutate(team)}>
            {t("right.submit")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {put.error ? <Failure failure={asFailure(put.error)} /> : null}
        {teams.error ? <Failure failure={asFailure(teams.error)} /> : null}
        {teams.data ? (
          <ComboField
            label={t("right.team")}
            options={teams.data.items.map((each) => ({ id: each.name, label: each.name, detail: each.description }))}
            value={team}
            onChange={setTeam}
            hint={t("right.team_hint", { namespace: repository.namespace })}
          />
        ) : null}
        <SelectField label={t("right.level")} value={level} onChange={setLevel} options={levels.map((id) => ({ id, label: t(`right.${id}`) }))} />
        <Code label={t("copy.command")} text={asCommand("repo", "allow", repository.name, team ?? "TEAM", level)} />
        <Code
          label={t("copy.api")}
          text={asApiCall("PUT", `/repositories/${encodeURIComponent(repository.name)}/rights/${team ?? "TEAM"}`, { level })}
        />
      </div>
    </Dialog>
  );
}
