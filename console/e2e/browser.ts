/** Debian's Chromium, with nothing going on in the background. */
export const browser = {
  baseURL: process.env["HOLDFAST_URL"] ?? "https://127.0.0.1:7443",
  // The server's certificate is of its own CA.
  ignoreHTTPSErrors: true,
  launchOptions: {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
  locale: "en-US",
  timezoneId: "UTC",
};
