// The parameters of a route, or of the address of the WebSocket.
import type { VNode } from 'preact';
import type { Parameter, Schema } from './documents.js';
import { Inline } from './prose.js';
import { ruleWords, typeWords } from './schema-words.js';

export function ParameterTable({ parameters, caption }: { parameters: readonly Parameter[]; caption: string }): VNode {
  return (
    <table class="table fields">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Where</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        {parameters.map(({ name, in: place, required, description = '', schema }) => (
          <tr key={`${place} ${name}`}>
            <td data-label="Name">
              <span>
                <code>{name}</code>
                {required ? '' : ' ?'}
              </span>
            </td>
            <td data-label="Where">{place}</td>
            <td data-label="Type">{typeWords(schema)}</td>
            <td data-label="Meaning">
              <div class="meaning">
                <p>
                  <Inline text={description} />
                </p>
                {ruleWords(schema).length > 0 && <p class="rules">{ruleWords(schema).join(' · ')}</p>}
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Fields of an object as parameters that may all be left out. */
export function parametersOf({ properties = {} }: Schema, place: Parameter['in']): Parameter[] {
  return Object.entries(properties).map(([name, schema]) => ({ name, in: place, required: false, ...(schema.description !== undefined && { description: schema.description }), schema }));
}
