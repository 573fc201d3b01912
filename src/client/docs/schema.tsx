/** A schema as a list of its fields, each with what it may hold; what is inside a field is folded away. */
import { boundsOf, insideOf, kindOf, nameOf, type OpenApi, resolve, type Schema } from "./document.ts";

/** Deeper than this nobody reads; the document has it all. */
const DEEPEST = 4;

export function SchemaView({ document, schema, deep = 0 }: { document: OpenApi; schema: Schema; deep?: number }) {
  const whole = resolve(document, schema);
  const [inside, ...others] = insideOf(document, schema);
  const about = whole.description;
  if (!inside?.properties || others.length > 0) {
    return <p class="docs-plain">{[kindOf(document, whole), about].filter(Boolean).join(". ")}</p>;
  }
  return (
    <>
      {about && <p class="docs-plain">{about}</p>}
      <dl class="docs-fields">
        {Object.entries(inside.properties).map(([name, field]) => (
          <Field
            key={name}
            document={document}
            name={name}
            schema={field}
            required={inside.required?.includes(name) ?? false}
            deep={deep}
          />
        ))}
      </dl>
    </>
  );
}

interface FieldProps {
  document: OpenApi;
  name: string;
  schema: Schema;
  required: boolean;
  deep: number;
}

function Field({ document, name, schema, required, deep }: FieldProps) {
  const inside = insideOf(document, schema);
  const about = schema.description ?? (nameOf(schema) ? resolve(document, schema).description : undefined);
  const phrases = [...boundsOf(schema), ...(about ? [about] : [])];
  return (
    <div class="docs-field">
      <dt>
        <code>{name}</code> {required || <span class="docs-optional">optional</span>}
      </dt>
      <dd>
        <span class="docs-kind">{inside.length > 0 ? outline(document, schema) : kindOf(document, schema)}</span>
        {phrases.length > 0 && <span> {phrases.join("; ")}</span>}
        {inside.length > 0 && deep < DEEPEST && (
          <details>
            <summary>Fields of {name}</summary>
            {inside.map((one, index) => (
              // Choices have no name; their order is that of the document.
              <SchemaView key={String(index)} document={document} schema={one} deep={deep + 1} />
            ))}
          </details>
        )}
      </dd>
    </div>
  );
}

function outline(document: OpenApi, schema: Schema): string {
  const whole = resolve(document, schema);
  const list = whole.items !== undefined;
  const nullable = (whole.anyOf ?? []).some((one) => one.type === "null");
  return `${list ? "list of objects" : "object"}${nullable ? " or null" : ""}`;
}
