import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { asFailure } from "./api/failure";
import { meQuery } from "./api/queries";
import { makeRouter } from "./app/router";
import { LanguageProvider } from "./i18n/i18n";
import "./styles.css";

/** An ended session leads to the sign-in page, and from there back to the same address. */
function onFailure(error: unknown) {
  if (asFailure(error).status !== 401 || router.state.location.pathname === "/sign-in") return;
  queries.removeQueries({ queryKey: meQuery.queryKey });
  void router.navigate({ to: "/sign-in", search: { return: router.state.location.href } });
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: onFailure }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      if (mutation.meta?.["isSignIn"] !== true) onFailure(error);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server decided stays decided; only an unreachable or busy one is asked again.
      retry: (count, error) => {
        const { status } = asFailure(error);
        return count < 2 && (status === 0 || status === 429 || status >= 502);
      },
    },
  },
});
const router = makeRouter(queries);

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </LanguageProvider>
    </StrictMode>,
  );
}
