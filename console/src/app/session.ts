import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";

import { body, client, type Schemas } from "../api/client";
import { meQuery } from "../api/queries";

/** Who is signed in. The route above made sure that it is known. */
export function useMe(): Schemas["MeView"] {
  return useSuspenseQuery(meQuery).data;
}

/** Signs out and forgets everything that was shown. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => body(client.DELETE("/api/v1/session")),
    onSettled: () => {
      queries.clear();
      location.assign("/console/sign-in");
    },
  });
}
