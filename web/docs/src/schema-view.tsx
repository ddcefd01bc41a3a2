// The fields of what is sent or answered, with those of objects in them.
import type { VNode } from 'preact';
import type { Schema } from './documents.js';
import { Inline } from './prose.js';
import { objectsOf, resolved, ruleWords, typeWords } from './schema-words.js';

/** No schema nests deeper; were one to refer to itself, the page would end here. */
const MAX_DEPTH = 5;

interface SchemaViewProps {
  schema: Schema;
  schemas: Readonly<Record<string, Schema>>;
  /** What it describes, for who cannot see where it stands. */
  caption: string;
  depth?: number;
}

export function SchemaView({ schema, schemas, caption, depth = 0 }: SchemaViewProps): VNode {
  const objects = objectsOf(schema, schemas);
  if (objects.length === 0) return <p class="type">{typeWords(schema)}</p>;
  return (
    <>
      {objects.map((object, i) => (
        <FieldTable key={i} object={object} schemas={schemas} caption={objects.length === 1 ? caption : `${caption}, kind ${i + 1}`} depth={depth} />
      ))}
    </>
  );
}

function FieldTable({ object, schemas, caption, depth }: { object: Schema; schemas: SchemaViewProps['schemas']; caption: string; depth: number }): VNode {
  const { properties = {}, required = [] } = object;
  return (
    <table class="table fields">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(properties).map(([name, field]) => (
          <tr key={name}>
            <td data-label="Field">
              <span>
                <code>{name}</code>
                {required.includes(name) ? '' : ' ?'}
              </span>
            </td>
            <td data-label="Type">{typeWords(field)}</td>
            <td data-label="Meaning">
              <Meaning schema={field} schemas={schemas} name={`${caption}: ${name}`} depth={depth} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What a field is for, what it must fulfil, and what is in it. */
function Meaning({ schema, schemas, name, depth }: { schema: Schema; schemas: SchemaViewProps['schemas']; name: string; depth: number }): VNode {
  const { description = resolved(schema, schemas).description } = schema;
  const rules = ruleWords(resolved(schema, schemas));
  return (
    <div class="meaning">
      {description !== undefined && (
        <p>
          <Inline text={description} />
        </p>
      )}
      {rules.length > 0 && <p class="rules">{rules.join(' · ')}</p>}
      {objectsOf(schema, schemas).length > 0 && depth < MAX_DEPTH && (
        <details>
          <summary>Its fields</summary>
          <SchemaView schema={schema} schemas={schemas} caption={name} depth={depth + 1} />
        </details>
      )}
    </div>
  );
}
