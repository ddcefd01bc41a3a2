// The tables of codes, which belong to no route or frame alone.
import type { VNode } from 'preact';
import type { Documents } from './documents.js';
import { ParameterTable, parametersOf } from './parameter-table.js';
import { Inline } from './prose.js';

/** How a WebSocket is opened, and what it may be refused with. */
export function Connecting({ asyncApi }: Documents): VNode {
  const { bindings, 'x-refusals': refusals } = asyncApi.channels.ws;
  const parameters = [...parametersOf(bindings.ws.query, 'query'), ...parametersOf(bindings.ws.headers, 'header')];
  return (
    <section class="group" aria-labelledby="connecting">
      <h2 id="connecting">/ws: connecting</h2>
      <div class="panel">
        <h3>Parameters</h3>
        <ParameterTable parameters={parameters} caption="Parameters of /ws" />
      </div>
      <div class="panel">
        <h3>Refused before there is a WebSocket</h3>
        <CodeTable caption="Refusals" head={['Status', 'When']} rows={Object.entries(refusals)} />
      </div>
    </section>
  );
}

/** Every error code and every close code. */
export function Codes({ openApi, asyncApi }: Documents): VNode {
  const frames = asyncApi.channels.ws['x-error-codes'];
  const errors = Object.entries(openApi['x-error-codes']).map(([code, { status, message }]) => [code, `${status}`, code in frames ? 'HTTP and frames' : 'HTTP', message] as const);
  const closes = Object.entries(asyncApi.channels.ws['x-close-codes']).map(([code, { meaning }]) => [code, meaning] as const);
  return (
    <section class="group" aria-labelledby="codes">
      <h2 id="codes">Codes</h2>
      <div class="panel">
        <h3>Error codes</h3>
        <CodeTable caption="Error codes" head={['Code', 'Status', 'Where', 'Meaning']} rows={errors} />
      </div>
      <div class="panel">
        <h3>Close codes of the WebSocket</h3>
        <CodeTable caption="Close codes" head={['Code', 'Meaning']} rows={closes} />
      </div>
    </section>
  );
}

function CodeTable({ caption, head, rows }: { caption: string; head: readonly string[]; rows: readonly (readonly string[])[] }): VNode {
  return (
    <table class="table">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {head.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([code, ...rest]) => (
          <tr key={code}>
            <td data-label={head[0]}>
              <code>{code}</code>
            </td>
            {rest.map((text, i) => (
              <td key={i} data-label={head[i + 1]}>
                <Inline text={text} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
