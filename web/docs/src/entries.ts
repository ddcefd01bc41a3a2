// What the page lists: routes, webhooks and frames in groups, and which of them somebody looks for.
import { type Documents, type Message, nameOf, type Operation, type Webhook } from './documents.js';

/** A route, a webhook or a frame. `id` is its anchor; `words`, in lower case, is what it is found by. */
export type Entry =
  | { kind: 'route'; id: string; label: string; words: string; method: string; path: string; operation: Operation }
  | { kind: 'webhook'; id: string; label: string; words: string; webhook: Webhook }
  | { kind: 'frame'; id: string; label: string; words: string; message: Message };

export interface Group {
  id: string;
  title: string;
  description: string;
  entries: readonly Entry[];
}

/** Every group: those of routes, that of webhooks, then those of frames. */
export function groupsOf(documents: Documents): Group[] {
  return [...routeGroups(documents), webhookGroup(documents), ...frameGroups(documents)];
}

/** The groups with the entries that hold every word of what is looked for. */
export function matching(groups: readonly Group[], wanted: string): Group[] {
  const words = wanted.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return groups
    .map((group) => ({ ...group, entries: group.entries.filter((entry) => words.every((word) => entry.words.includes(word))) }))
    .filter(({ entries }) => entries.length > 0);
}

function routeGroups({ openApi }: Documents): Group[] {
  const all = Object.entries(openApi.paths).flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) => toRoute(method.toUpperCase(), path, operation)));
  return openApi.tags.map(({ name, description }) => ({
    id: `group-${name}`,
    title: name,
    description,
    entries: all.filter((entry) => entry.kind === 'route' && entry.operation.tags[0] === name),
  }));
}

function toRoute(method: string, path: string, operation: Operation): Entry {
  const { operationId: id, summary, description = '', tags, security, parameters = [], responses } = operation;
  const codes = Object.values(responses).map(({ $ref = '' }) => $ref);
  const words = [method, path, id, summary, description, ...tags, ...(security?.[0]?.bearer ?? []), ...parameters.map(({ name }) => name), ...codes].join(' ').toLowerCase();
  return { kind: 'route', id, label: `${method} ${path.replace(/^\/api\/v1(?=\/)/, '')}`, words, method, path, operation };
}

function webhookGroup({ openApi }: Documents): Group {
  return {
    id: 'group-webhooks',
    title: 'Webhooks',
    description: 'What the server POSTs to the URLs in `WEBHOOK_URLS`, by the Standard Webhooks specification: at least once, in no order.',
    entries: Object.entries(openApi.webhooks).map(([label, { post: webhook }]) => {
      const { operationId: id, summary, parameters } = webhook;
      const words = `post webhook ${label} ${summary} ${parameters.map(({ name }) => name).join(' ')}`.toLowerCase();
      return { kind: 'webhook', id, label, words, webhook };
    }),
  };
}

function frameGroups({ asyncApi }: Documents): Group[] {
  // An event stream is sent what every connection is.
  const ofWebSocket = Object.entries(asyncApi.operations).filter(([, { channel }]) => nameOf(channel.$ref) === 'ws');
  return ofWebSocket.map(([id, { title, messages }]) => ({
    id: `group-${id}`,
    title: `/ws: ${title}`,
    description: '',
    entries: messages.map(({ $ref }) => toFrame(nameOf($ref), asyncApi.components.messages)).filter((entry) => entry !== undefined),
  }));
}

function toFrame(id: string, messages: Readonly<Record<string, Message>>): Entry | undefined {
  const message = messages[id];
  if (message === undefined) return undefined;
  const words = `ws websocket frame ${id} ${message.summary} ${JSON.stringify(message.payload)}`.toLowerCase();
  return { kind: 'frame', id, label: message.title, words, message };
}
