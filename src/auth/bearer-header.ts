// The `Authorization: Bearer` header (RFC 6750 §2.1).

/** The different tokens of such headers, a line each; headers of another scheme have none. */
export function bearerTokens(lines: string | readonly string[] | undefined = []): Set<string> {
  const tokens = new Set<string>();
  for (const line of typeof lines === 'string' ? [lines] : lines) {
    const token = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(line)?.[1];
    if (token !== undefined) tokens.add(token);
  }
  return tokens;
}
