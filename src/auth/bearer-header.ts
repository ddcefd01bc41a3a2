// The `Authorization: Bearer` header (RFC 6750 §2.1).

/** The token of a header such as `Bearer abc`; undefined for another scheme, or no header. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(header)?.[1];
}
