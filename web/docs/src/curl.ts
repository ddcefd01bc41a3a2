// A request as a line for a terminal.
import type { Operation, Parameter } from './documents.js';

/** @param origin Where the server is, such as `http://localhost:8000`. */
export function curlOf(origin: string, method: string, path: string, { parameters = [], requestBody, security, responses }: Operation): string {
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(exampleOf(parameters, name))));
  const [media, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const isStream = Object.values(responses).some((response) => response.content?.['text/event-stream'] !== undefined);
  const parts = [
    `curl${isStream ? ' -N' : ''}${method === 'GET' ? '' : ` -X ${method}`} ${quoted(`${origin}${filled}`)}`,
    ...(security === undefined ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...(media === undefined ? [] : [`-H 'Content-Type: ${media}'`, `-d ${quoted(JSON.stringify(content?.example))}`]),
  ];
  return parts.join(' \\\n  ');
}

function exampleOf(parameters: readonly Parameter[], name: string): unknown {
  return parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.example ?? name;
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
