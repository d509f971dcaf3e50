import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { asFailure } from "../api/failure";
import { meQuery } from "../api/queries";
import { AppFailure, NotFound, Waiting } from "./edges";
import { Shell } from "./Shell";

/** The search part of an address as it comes: words only, none required. */
type Words = Record<string, string>;

/** Picks the words a page knows; empty and unknown ones go, so that an address says only what it means. */
function pick<K extends string>(...names: K[]) {
  return (search: Record<string, unknown>): Partial<Record<K, string>> => {
    const found: Partial<Record<K, string>> = {};
    for (const name of names) {
      const value = search[name];
      if (typeof value === "string" && value !== "") found[name] = value;
    }
    return found;
  };
}

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ notFoundComponent: NotFound, errorComponent: AppFailure });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: pick("return"),
  component: lazyRouteComponent(() => import("../pages/SignIn"), "SignIn"),
});

/** Everything but the sign-in page: needs to know who asks. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.queries.ensureQueryData(meQuery) };
    } catch (error) {
      if (asFailure(error).status !== 401) throw error;
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { return: location.href } });
    }
  },
  component: Shell,
  errorComponent: AppFailure,
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  component: lazyRouteComponent(() => import("../pages/Home"), "HomePage"),
});

const services = createRoute({
  getParentRoute: () => signedIn,
  path: "/services",
  validateSearch: pick("q", "state", "collection", "sort", "order", "page_token"),
  component: lazyRouteComponent(() => import("../pages/Services"), "ServicesPage"),
});

const service = createRoute({
  getParentRoute: () => signedIn,
  path: "/services/$service",
  validateSearch: pick("tab"),
  component: lazyRouteComponent(() => import("../pages/Service"), "ServicePage"),
});

// A repository's name has slashes: it is the rest of the address, /repositories/acme/web; with no rest it is the list.
const repositoriesRoot = createRoute({ getParentRoute: () => signedIn, path: "/repositories" });

const repositories = createRoute({
  getParentRoute: () => repositoriesRoot,
  path: "/",
  validateSearch: pick("q", "namespace", "sort", "order", "page_token"),
  component: lazyRouteComponent(() => import("../pages/Repositories"), "RepositoriesPage"),
});

const repository = createRoute({
  getParentRoute: () => repositoriesRoot,
  path: "$",
  validateSearch: pick("tab", "q", "page_token"),
  component: lazyRouteComponent(() => import("../pages/Repository"), "RepositoryPage"),
});

const access = createRoute({
  getParentRoute: () => signedIn,
  path: "/access",
  validateSearch: pick("tab", "subject", "role", "collection", "operation", "user", "parameter"),
  component: lazyRouteComponent(() => import("../pages/Access"), "AccessPage"),
});

const grantCreate = createRoute({
  getParentRoute: () => signedIn,
  path: "/access/new-grant",
  validateSearch: pick("kind", "subject", "role", "collection", "step"),
  component: lazyRouteComponent(() => import("../pages/GrantCreate"), "GrantCreatePage"),
});

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: "/audit",
  validateSearch: pick("actor", "action", "object", "outcome", "since", "until", "page_token"),
  component: lazyRouteComponent(() => import("../pages/Audit"), "AuditPage"),
});

const tree = root.addChildren([
  signIn,
  signedIn.addChildren([home, services, service, repositoriesRoot.addChildren([repositories, repository]), access, grantCreate, audit]),
]);

/** Makes the router; one per page load. */
export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: "/console",
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: Waiting,
    defaultPendingMs: 150,
    scrollRestoration: true,
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const words = Object.entries(search as Words).filter(([, value]) => value !== undefined && value !== "");
      const text = new URLSearchParams(words).toString();
      return text === "" ? "" : `?${text}`;
    },
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
