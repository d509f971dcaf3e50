import { Link, useRouter } from "@tanstack/react-router";

import { asFailure } from "../api/failure";
import { buttonClass } from "../components/Button";
import { Empty, Failure, Waiting as WaitingLines } from "../components/Notice";
import { useT } from "../i18n/i18n";

/** An address that is no page. */
export function NotFound() {
  const t = useT();
  return (
    <Empty
      title={t("edge.no_page")}
      action={
        <Link to="/" className={buttonClass("primary")}>
          {t("edge.to_home")}
        </Link>
      }
    >
      {t("edge.no_page_why")}
    </Empty>
  );
}

/** A page that could not be made. */
export function AppFailure({ error, reset }: { error: unknown; reset?: () => void }) {
  const router = useRouter();
  return (
    <div className="p-4 sm:p-6">
      <Failure
        failure={asFailure(error)}
        onRetry={() => {
          reset?.();
          void router.invalidate();
        }}
      />
    </div>
  );
}

/** A page on its way. */
export function Waiting() {
  return <WaitingLines />;
}
