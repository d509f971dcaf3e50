import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { asFailure } from "../../api/failure";
import { whoCanQuery } from "../../api/queries";
import { asCommand } from "../../app/equivalent";
import { Code } from "../../components/Copy";
import { ComboField } from "../../components/Field";
import { Empty, Failure, Notice, Waiting } from "../../components/Notice";
import { Panel } from "../../components/Page";
import { useT } from "../../i18n/i18n";
import { useCollections, useOperations } from "./choices";
import { GrantTable } from "./GrantTable";

const route = getRouteApi("/signed-in/access");

/** Who can do this, there? The question stands in the address. */
export function WhoCan() {
  const t = useT();
  const { operation = "", collection = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const operations = useOperations();
  const collections = useCollections();
  const isAsked = operation !== "" && collection !== "";
  const answer = useQuery({ ...whoCanQuery(operation, collection), enabled: isAsked });
  const ask = (change: { operation?: string; collection?: string }) =>
    void navigate({ search: { tab: "who-can", operation, collection, ...change }, replace: true });
  const problem = operations.error ?? collections.error ?? answer.error;
  return (
    <div className="flex flex-col gap-4">
      <Panel title={t("access.who_can_question")}>
        <div className="grid gap-4 sm:grid-cols-2">
          {operations.options.length > 0 ? (
            <ComboField label={t("access.operation")} options={operations.options} value={operation || null} onChange={(next) => ask({ operation: next })} hint={t("access.operation_hint")} />
          ) : null}
          {collections.options.length > 0 ? (
            <ComboField label={t("service.collection")} options={collections.options} value={collection || null} onChange={(next) => ask({ collection: next })} hint={t("access.collection_hint")} />
          ) : null}
        </div>
      </Panel>
      {problem ? <Failure failure={asFailure(problem)} /> : null}
      {answer.data ? (
        <>
          <GrantTable
            name="who-can"
            label={t("access.by_grants")}
            grants={answer.data.grants}
            filters={<h2 className="px-2 text-sm font-semibold">{t("access.by_grants_count", { count: answer.data.grants.length })}</h2>}
            empty={<Empty title={t("access.nobody")}>{t("access.nobody_why")}</Empty>}
          />
          <Notice tone="info" title={t("access.admins")}>
            {answer.data.administrators.join(", ")}
          </Notice>
          <Code label={t("copy.command")} text={asCommand("access", "who-can", "--operation", operation, "--collection", collection)} />
        </>
      ) : isAsked && answer.isFetching ? (
        <Waiting lines={3} />
      ) : null}
    </div>
  );
}
