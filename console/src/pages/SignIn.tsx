import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useEffect, useState, type FormEvent } from "react";

import { body, client } from "../api/client";
import { asFailure } from "../api/failure";
import { meQuery } from "../api/queries";
import { Mark } from "../app/Mark";
import { Button } from "../components/Button";
import { TextField } from "../components/Field";
import { Failure, Notice } from "../components/Notice";
import { languages, useLanguage } from "../i18n/i18n";

const route = getRouteApi("/sign-in");

/** Only an address of this console is returned to; anything else goes home. */
export function safeReturn(address: string | undefined): string {
  return address?.startsWith("/") && !address.startsWith("//") && !address.includes("\\") ? address : "/";
}

export function SignIn() {
  const { t, language, setLanguage } = useLanguage();
  const search = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [isTried, setTried] = useState(false);
  const signIn = useMutation({
    meta: { isSignIn: true },
    mutationFn: () => body(client.POST("/api/v1/session", { body: { username: username.trim(), password } })),
    onSuccess: (me) => {
      queries.clear();
      queries.setQueryData(meQuery.queryKey, me);
      router.history.replace(`/console${safeReturn(search.return)}`);
    },
    onError: () => {
      setPassword("");
      setTried(false);
    },
  });
  useEffect(() => {
    document.title = `${t("sign_in.title")} · Holdfast`;
  }, [t]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (username.trim() && password && !signIn.isPending) signIn.mutate();
  };
  const failure = signIn.error ? asFailure(signIn.error) : null;
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-4">
      <div className="flex flex-col items-center gap-2 text-accent">
        <Mark size={48} />
        <h1 className="text-xl font-semibold text-text">Holdfast</h1>
      </div>
      <form noValidate onSubmit={submit} aria-label={t("sign_in.title")} className="flex w-full max-w-sm flex-col gap-4 rounded border border-border bg-raised p-6">
        {search.return && !failure ? <p className="text-sm text-muted">{t("sign_in.return")}</p> : null}
        {failure?.status === 401 ? (
          <Notice tone="bad" title={t("sign_in.wrong")}>
            {t("sign_in.wrong_why")}
          </Notice>
        ) : failure?.status === 429 ? (
          <Notice tone="warn" title={t("sign_in.too_many")}>
            {t("sign_in.too_many_why")}
          </Notice>
        ) : failure ? (
          <Failure failure={failure} />
        ) : null}
        <TextField label={t("sign_in.username")} name="username" autoComplete="username" value={username} onChange={setUsername} error={isTried && !username.trim() ? t("sign_in.no_username") : undefined} isRequired autoFocus />
        <TextField
          label={t("sign_in.password")}
          name="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          error={isTried && !password ? t("sign_in.no_password") : undefined}
          isRequired
        />
        <Button type="submit" kind="primary" isPending={signIn.isPending}>
          {t("sign_in.submit")}
        </Button>
      </form>
      <div role="group" aria-label={t("shell.language")} className="flex gap-1 text-sm">
        {languages.map((each) => (
          <Button key={each} kind="quiet" aria-pressed={each === language} className={each === language ? "font-medium" : "text-muted"} onPress={() => setLanguage(each)}>
            {each === "en" ? "English" : "日本語"}
          </Button>
        ))}
      </div>
    </main>
  );
}
