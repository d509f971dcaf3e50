import { Link } from "@tanstack/react-router";

import type { Schemas } from "../../api/client";
import { Copyable, shorten } from "../../components/Copy";
import { Facts } from "../../components/Page";
import { Time } from "../../components/Time";
import { useT } from "../../i18n/i18n";

/** What a service is, beside what it does. */
export function ServiceFacts({ service }: { service: Schemas["ServiceView"] }) {
  const t = useT();
  return (
    <Facts
      facts={[
        [t("service.image"), <Copyable key="image" text={service.image} label={t("service.copy_image")} />],
        service.image_digest
          ? [
              t("service.digest"),
              <Copyable key="digest" text={service.image_digest} short={shorten(service.image_digest, 14, 6)} label={t("copy.digest")} />,
            ]
          : null,
        [t("service.mode"), t(`service.mode.${service.mode}`)],
        [
          t("service.collection"),
          service.collection_path ? (<Link key="collection" to="/services" search={{ collection: service.collection_path }} className="rounded break-all text-accent hover:underline">
            {service.collection_path}
          </Link>) : (
            t("service.no_collection")
          ),
        ],
        service.owner ? [t("service.owner"), service.owner] : null,
        service.stack ? [t("service.stack"), service.stack] : null,
        service.ports.length > 0
          ? [
              t("service.ports"),
              <ul key="ports">
                {service.ports.map((port) => (
                  <li key={`${port.published}/${port.protocol}/${port.mode}`} className="font-mono text-xs">
                    {port.published || "?"} → {port.target}/{port.protocol} ({port.mode})
                  </li>
                ))}
              </ul>,
            ]
          : null,
        [t("service.id"), <Copyable key="id" text={service.id} short={shorten(service.id, 10, 4)} label={t("copy.id")} />],
        [t("service.created"), <Time key="created" at={service.created_at} />],
        [t("service.updated"), <Time key="updated" at={service.updated_at} />],
      ]}
    />
  );
}
