import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { asFailure } from "../api/failure";
import { repositoryQuery } from "../api/queries";
import { CopyButton } from "../components/Copy";
import { Failure, Waiting } from "../components/Notice";
import { Page, Panel, Tabs } from "../components/Page";
import { Tag } from "../components/State";
import { useT } from "../i18n/i18n";
import { RepositoryFacts } from "./repository/RepositoryFacts";
import { Rights } from "./repository/Rights";
import { Tags } from "./repository/Tags";

const route = getRouteApi("/signed-in/repositories/$");

export function RepositoryPage() {
  const t = useT();
  const { _splat: name = "" } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const repository = useQuery(repositoryQuery(name));
  const trail = (
    <Link to="/repositories" className="rounded hover:underline">
      {t("nav.repositories")}
    </Link>
  );
  if (!repository.data) {
    return (
      <Page title={name} trail={trail}>
        {repository.error ? <Failure failure={asFailure(repository.error)} onRetry={() => void repository.refetch()} /> : <Waiting />}
      </Page>
    );
  }
  const { data } = repository;
  return (
    <Page
      title={data.name}
      trail={trail}
      state={<Tag>{t(`repository.${data.visibility}`)}</Tag>}
      actions={<CopyButton withWord text={`docker pull ${data.reference}`} label={t("repository.copy_pull")} />}
    >
      {repository.error ? <Failure failure={asFailure(repository.error)} onRetry={() => void repository.refetch()} /> : null}
      <div className="grid items-start gap-4 lg:grid-cols-[21rem_minmax(0,1fr)]">
        <div className="max-lg:order-last">
          <Panel title={t("repository.facts")}>
            <RepositoryFacts repository={data} />
          </Panel>
        </div>
        <Tabs
          label={data.name}
          selected={search.tab === "rights" ? "rights" : "tags"}
          onSelect={(tab) => void navigate({ search: tab === "rights" ? { tab } : {}, replace: true })}
          tabs={[
            { id: "tags", label: t("repository.tags"), content: <Tags repository={data} /> },
            { id: "rights", label: t("repository.rights"), content: <Rights repository={data} /> },
          ]}
        />
      </div>
    </Page>
  );
}
