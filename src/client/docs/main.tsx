/** The reference page: the OpenAPI document, to be read. It is fetched, so that it is always that of the server that answers. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { curlOf, type OpenApi, operationsOf, type Placed, type Response } from "./document.ts";
import { SchemaView } from "./schema.tsx";

type Loaded = { at: "loading" } | { at: "here"; document: OpenApi } | { at: "away" };

/** What the schemes of the document mean to a reader. */
const NEEDS: Record<string, string> = {
  visitor: "the visitor's cookie",
  session: "who has signed in",
  host: "the host token",
  key: "a Luna key",
};

function Docs() {
  const [loaded, setLoaded] = useState<Loaded>({ at: "loading" });
  useEffect(() => {
    fetchDocument().then(
      (document) => setLoaded({ at: "here", document }),
      () => setLoaded({ at: "away" }),
    );
  }, []);
  useEffect(() => {
    // The address may name an operation, which was not there when the browser looked for it.
    if (loaded.at === "here" && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [loaded.at]);
  if (loaded.at === "loading") return <p role="status">Fetching the document…</p>;
  if (loaded.at === "away") return <p role="alert">The document did not come. Reload the page to try again.</p>;
  return <Reference document={loaded.document} />;
}

async function fetchDocument(): Promise<OpenApi> {
  const response = await fetch("/api/openapi.json");
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as OpenApi;
}

function Reference({ document }: { document: OpenApi }) {
  const groups = document.tags.map(({ name }) => ({ name, operations: operationsOf(document, name) }));
  return (
    <div class="docs-columns">
      <nav class="docs-nav" aria-label="Addresses">
        {groups.map(({ name, operations }) => (
          <section key={name}>
            <h2>{name}</h2>
            <ul>
              {operations.map((operation) => (
                <li key={operation.operationId}>
                  <a href={`#${operation.operationId}`}>
                    <Method name={operation.method} /> {operation.path}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      <div class="docs-all">
        <p class="docs-lead">{document.info.description}</p>
        {groups.map(({ name, operations }) => (
          <section key={name} aria-label={name}>
            <h2>{name}</h2>
            {operations.map((operation) => (
              <OperationView key={operation.operationId} document={document} operation={operation} />
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}

function Method({ name }: { name: string }) {
  return <span class={`docs-method docs-${name.toLowerCase()}`}>{name}</span>;
}

function OperationView({ document, operation }: { document: OpenApi; operation: Placed }) {
  const { operationId, method, path, summary, description, security, parameters, requestBody, responses } = operation;
  const needs = security?.flatMap((one) => Object.keys(one)).map((name) => NEEDS[name] ?? name) ?? [];
  return (
    <article id={operationId} class="docs-operation" aria-labelledby={`${operationId}-title`}>
      <h3 id={`${operationId}-title`}>{summary}</h3>
      <p class="docs-address">
        <Method name={method} /> <code>{path}</code>
      </p>
      {description && <p>{description}</p>}
      {needs.length > 0 && <p class="docs-needs">Needs {needs.join(" or ")}.</p>}
      {parameters && (
        <dl class="docs-fields">
          {parameters.map((one) => (
            <div class="docs-field" key={one.name}>
              <dt>
                <code>{one.name}</code> {one.required || <span class="docs-optional">optional</span>}
              </dt>
              <dd>
                in the {one.in}
                {one.description && `. ${one.description}`}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => (
        <section key={type}>
          <h4>
            Takes <code>{type}</code>
          </h4>
          <SchemaView document={document} schema={schema} />
        </section>
      ))}
      <h4>Answers</h4>
      {Object.entries(responses).map(([status, response]) => (
        <ResponseView key={status} document={document} status={status} response={response} />
      ))}
      <pre>
        <code>{curlOf(document, operation, location.origin)}</code>
      </pre>
    </article>
  );
}

function ResponseView({ document, status, response }: { document: OpenApi; status: string; response: Response }) {
  const content = Object.entries(response.content ?? {});
  const good = Number(status) < 400;
  const line = (
    <>
      <span class={good ? "docs-status docs-good" : "docs-status"}>{status}</span> {response.description}
    </>
  );
  if (!good || content.length === 0) return <p class="docs-response">{line}</p>;
  return (
    <details class="docs-response">
      <summary>{line}</summary>
      {content.map(([type, { schema }]) => (
        <section key={type}>
          <p class="docs-plain">
            <code>{type}</code>
          </p>
          <SchemaView document={document} schema={schema} />
        </section>
      ))}
    </details>
  );
}

const root = document.querySelector("#docs");
if (root) render(<Docs />, root);
