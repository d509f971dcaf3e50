import { queryOptions } from "@tanstack/react-query";

import { body, client, type Schemas } from "./client";

// The first word of a key is the thing that the event stream names: see `staleKeys` in live.ts.

/** Counting asks for one full page; beyond it the count is not known and not shown. */
export const countLimit = 1000;
export const pageSize = 50;

export interface ListView<T> {
  items: T[];
  next_page_token?: string | null;
}

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => body(client.GET("/api/v1/me", { signal })),
  staleTime: 60_000,
});

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: ({ signal }) => body(client.GET("/api/v1/status", { signal })),
  refetchInterval: 30_000,
});

export interface ServiceFilter {
  q?: string | undefined;
  state?: Schemas["ServiceState"] | undefined;
  collection?: string | undefined;
  sort?: Schemas["ServiceSort"];
  order?: Schemas["SortOrder"];
  page_token?: string | undefined;
  limit?: number;
}

export const servicesQuery = (filter: ServiceFilter) =>
  queryOptions({
    queryKey: ["services", "list", filter],
    queryFn: ({ signal }) =>
      body(client.GET("/api/v1/services", { params: { query: { limit: pageSize, ...filter } }, signal })),
  });

export const serviceQuery = (service: string) =>
  queryOptions({
    queryKey: ["services", "view", service],
    queryFn: ({ signal }) => body(client.GET("/api/v1/services/{service}", { params: { path: { service } }, signal })),
  });

export const tasksQuery = (service: string) =>
  queryOptions({
    queryKey: ["services", "tasks", service],
    queryFn: ({ signal }) =>
      body(client.GET("/api/v1/services/{service}/tasks", { params: { path: { service } }, signal })),
    // The engine sends no event for every change of a task's state.
    refetchInterval: 5_000,
  });

/** Where the live logs of a service come from. */
export function logsAddress(service: string, follow: boolean, tail: number): string {
  return `/api/v1/services/${encodeURIComponent(service)}/logs?follow=${follow}&tail=${tail}`;
}

export interface NameFilter {
  q?: string | undefined;
  page_token?: string | undefined;
  limit?: number;
}

export interface RepositoryFilter extends NameFilter {
  namespace?: string | undefined;
  sort?: Schemas["RepositorySort"];
  order?: Schemas["SortOrder"];
}

export const repositoriesQuery = (filter: RepositoryFilter) =>
  queryOptions({
    queryKey: ["repositories", "list", filter],
    queryFn: ({ signal }) =>
      body(client.GET("/api/v1/repositories", { params: { query: { limit: pageSize, ...filter } }, signal })),
  });

export const repositoryQuery = (repository: string) =>
  queryOptions({
    queryKey: ["repositories", "view", repository],
    queryFn: ({ signal }) =>
      body(client.GET("/api/v1/repositories/{repository}", { params: { path: { repository } }, signal })),
  });

export const tagsQuery = (repository: string, filter: NameFilter) =>
  queryOptions({
    queryKey: ["repositories", "tags", repository, filter],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/v1/repositories/{repository}/tags", {
          params: { path: { repository }, query: { limit: pageSize, ...filter } },
          signal,
        }),
      ),
  });

export const rightsQuery = (repository: string) =>
  queryOptions({
    queryKey: ["repositories", "rights", repository],
    queryFn: ({ signal }) =>
      body(client.GET("/api/v1/repositories/{repository}/rights", { params: { path: { repository } }, signal })),
  });

export const nodesQuery = queryOptions({
  queryKey: ["nodes", "list"],
  queryFn: ({ signal }) => body(client.GET("/api/v1/nodes", { signal })),
});

export interface GrantFilter {
  subject?: string | undefined;
  role?: string | undefined;
  collection?: string | undefined;
}

export const grantsQuery = (filter: GrantFilter) =>
  queryOptions({
    queryKey: ["access", "grants", filter],
    queryFn: ({ signal }) => body(client.GET("/api/v1/grants", { params: { query: filter }, signal })),
  });

export const rolesQuery = queryOptions({
  queryKey: ["access", "roles"],
  queryFn: ({ signal }) => body(client.GET("/api/v1/roles", { signal })),
  staleTime: 60_000,
});

export const collectionsQuery = queryOptions({
  queryKey: ["access", "collections"],
  queryFn: ({ signal }) => body(client.GET("/api/v1/collections", { signal })),
  staleTime: 60_000,
});

export const operationsQuery = queryOptions({
  queryKey: ["operations"],
  queryFn: ({ signal }) => body(client.GET("/api/v1/operations", { signal })),
  staleTime: Infinity,
});

export const whoCanQuery = (operation: string, collection: string) =>
  queryOptions({
    queryKey: ["access", "who-can", operation, collection],
    queryFn: ({ signal }) =>
      body(client.GET("/api/v1/access/who-can", { params: { query: { operation, collection } }, signal })),
  });

export const explainQuery = (request: Schemas["ExplainRequest"]) =>
  queryOptions({
    queryKey: ["access", "explain", request],
    queryFn: ({ signal }) => body(client.POST("/api/v1/access/explain", { body: request, signal })),
  });

export const usersQuery = (filter: NameFilter) =>
  queryOptions({
    queryKey: ["accounts", "users", filter],
    queryFn: ({ signal }) => body(client.GET("/api/v1/users", { params: { query: filter }, signal })),
  });

export const organizationsQuery = (filter: NameFilter) =>
  queryOptions({
    queryKey: ["accounts", "organizations", filter],
    queryFn: ({ signal }) => body(client.GET("/api/v1/organizations", { params: { query: filter }, signal })),
  });

export const teamsQuery = (organization: string) =>
  queryOptions({
    queryKey: ["accounts", "teams", organization],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/v1/organizations/{organization}/teams", {
          params: { path: { organization }, query: { limit: countLimit } },
          signal,
        }),
      ),
  });

export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
  object?: string | undefined;
  outcome?: Schemas["AuditOutcome"] | undefined;
  since?: string | undefined;
  until?: string | undefined;
  page_token?: string | undefined;
  limit?: number;
}

export const auditQuery = (filter: AuditFilter) =>
  queryOptions({
    queryKey: ["audit", "list", filter],
    queryFn: ({ signal }) =>
      body(client.GET("/api/v1/audit", { params: { query: { limit: pageSize, ...filter } }, signal })),
  });
