import createClient from "openapi-fetch";

import { ApiFailure, failureOf } from "./failure";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The typed client of `/api/v1`; the session's cookie goes along by itself. */
export const client = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "http://localhost" : location.origin,
  credentials: "same-origin",
  headers: { Accept: "application/json" },
});

interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** Waits for an answer and returns its body, or throws an [`ApiFailure`]. */
export async function body<T>(answer: Promise<Answer<T>>): Promise<T> {
  let settled: Answer<T>;
  try {
    settled = await answer;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiFailure(0, "UNREACHABLE", error instanceof Error ? error.message : String(error), "", {});
  }
  const { data, error, response } = settled;
  if (!response.ok) throw failureOf(response.status, error, response.headers.get("x-request-id"));
  return data as T;
}
