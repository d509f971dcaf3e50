import type { components } from "./schema";

type ErrorBody = components["schemas"]["ErrorBody"];

/** A refusal or failure as the server told it, or that it could not be reached (status 0). */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string,
    readonly detail: Record<string, unknown>,
  ) {
    super(message);
    this.name = "ApiFailure";
  }

  /** The right that is missing, where the server named it. */
  get operation(): string | undefined {
    return text(this.detail["operation"]);
  }

  /** The collection where it is missing, if the caller may know it. */
  get collection(): string | undefined {
    return text(this.detail["collection_path"]) ?? text(this.detail["collection"]);
  }

  /** The field that is wrong, if it is one. */
  get field(): string | undefined {
    return text(this.detail["field"]);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads the body of a failed answer; what is not ours (a proxy's page) still becomes a failure with its status. */
export function failureOf(status: number, body: unknown, requestId: string | null): ApiFailure {
  const error = typeof body === "object" && body !== null ? (body as Partial<ErrorBody>).error : undefined;
  return new ApiFailure(
    status,
    error?.code ?? "UNKNOWN",
    error?.message ?? `HTTP ${status}`,
    error?.request_id || requestId || "",
    typeof error?.detail === "object" && error.detail !== null ? (error.detail as Record<string, unknown>) : {},
  );
}

/** Makes a failure of whatever a query or mutation threw. */
export function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  return new ApiFailure(0, "UNREACHABLE", error instanceof Error ? error.message : String(error), "", {});
}
