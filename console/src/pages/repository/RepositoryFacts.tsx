import { Link } from "@tanstack/react-router";

import type { Schemas } from "../../api/client";
import { Copyable } from "../../components/Copy";
import { Facts } from "../../components/Page";
import { Time } from "../../components/Time";
import { useT, type Translate } from "../../i18n/i18n";

/** Says in words what the caller may do with a repository. */
export function rightsWord(t: Translate, permissions: Schemas["RepositoryPermissions"]): string {
  if (permissions.administer) return t("repository.may_administer");
  if (permissions.push) return t("repository.may_push");
  return t("repository.may_pull");
}

/** What a repository is. */
export function RepositoryFacts({ repository }: { repository: Schemas["RepositoryView"] }) {
  const t = useT();
  return (
    <Facts
      facts={[
        [t("repository.reference"), <Copyable key="reference" text={repository.reference} label={t("repository.copy_reference")} />],
        [t("repository.visibility"), repository.visibility === "public" ? t("repository.public_why") : t("repository.private_why")],
        [
          t("repository.namespace"),
          <Link key="namespace" to="/repositories" search={{ namespace: repository.namespace }} className="rounded text-accent hover:underline">
            {repository.namespace}
          </Link>,
        ],
        [t("repository.my_rights"), rightsWord(t, repository.permissions)],
        repository.description ? [t("repository.description"), repository.description] : null,
        [t("service.created"), <Time key="created" at={repository.created_at} />],
        [t("service.updated"), <Time key="updated" at={repository.updated_at} />],
      ]}
    />
  );
}
