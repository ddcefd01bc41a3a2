// Where a WebSocket upgrade may carry its token.
import { describe, expect, it } from 'vitest';
import { type ChatError } from '../protocol/index.js';
import { extractUpgradeTokens, type HeaderLines } from './upgrade-token.js';

describe('extractUpgradeTokens', () => {
  const carriers: [string, string, HeaderLines][] = [
    ['the query', '/ws?token=abc.def-_', {}],
    ['the query, among other parameters', '/ws?debug=true&token=abc.def-_&device=phone', {}],
    ['the Authorization header', '/ws', { authorization: 'Bearer abc.def-_' }],
    ['the Authorization header, its scheme in any case', '/ws', { authorization: 'bearer  abc.def-_' }],
    ['the subprotocols', '/ws', { 'sec-websocket-protocol': 'chatapi.v1, bearer.abc.def-_' }],
    ['the subprotocols, in another order and without spaces', '/ws', { 'sec-websocket-protocol': 'bearer.abc.def-_,chatapi.v1' }],
    ['several places, when it is the same', '/ws?token=abc.def-_', { authorization: 'Bearer abc.def-_', 'sec-websocket-protocol': 'chatapi.v1, bearer.abc.def-_' }],
    ['the Authorization header, the same one twice', '/ws', { authorization: ['Bearer abc.def-_', 'Bearer abc.def-_'] }],
    ['the Authorization header, behind another scheme', '/ws', { authorization: ['Basic YTpi', 'Bearer abc.def-_'] }],
    ['the subprotocols, on a line of its own', '/ws', { 'sec-websocket-protocol': ['chatapi.v1', 'bearer.abc.def-_'] }],
    ['the query, beside another scheme of Authorization', '/ws?token=abc.def-_', { authorization: 'Basic YTpi' }],
  ];
  it.each(carriers)('finds the token in %s', (_where, url, headers) => {
    expect(extractUpgradeTokens(url, headers)).toBe('abc.def-_');
  });

  const refused: [string, string, HeaderLines][] = [
    ['no token', '/ws', {}],
    ['an empty one', '/ws?token=', { authorization: 'Bearer ', 'sec-websocket-protocol': 'chatapi.v1, bearer.' }],
    ['two different ones in the query', '/ws?token=secret-a&token=secret-b', {}],
    ['different ones in query and header', '/ws?token=secret-a', { authorization: 'Bearer secret-b' }],
    ['different ones in header and subprotocols', '/ws', { authorization: 'Bearer secret-a', 'sec-websocket-protocol': 'bearer.secret-b' }],
    ['different ones in two Authorization headers', '/ws', { authorization: ['Bearer secret-a', 'Bearer secret-b'] }],
    ['two in one Authorization header', '/ws', { authorization: 'Bearer secret-a, Bearer secret-b' }],
    ['different ones in two lines of subprotocols', '/ws', { 'sec-websocket-protocol': ['bearer.secret-a', 'bearer.secret-b'] }],
    ['different ones in the subprotocols', '/ws', { 'sec-websocket-protocol': 'bearer.secret-a, bearer.secret-b' }],
  ];
  it.each(refused)('refuses %s, without repeating it', (_what, url, headers) => {
    expect(() => extractUpgradeTokens(url, headers)).toThrowError(
      expect.objectContaining({ code: 'CONNECTION_ERROR', message: 'Authentication failed', details: {} } satisfies Partial<ChatError>),
    );
  });
});
