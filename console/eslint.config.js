import hooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig([
  globalIgnores(["dist", "src/api/schema.d.ts", "test-results", "playwright-report"]),
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommended],
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "no-restricted-globals": ["error", { name: "alert", message: "Use a Notice." }, { name: "confirm", message: "Use a Dialog." }],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "The console never writes raw HTML." },
        { selector: "CallExpression[callee.name='fetch']", message: "Use the typed client of src/api/client.ts." },
      ],
      "no-console": "error",
    },
  },
]);
