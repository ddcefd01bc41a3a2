// docs/codes.md is made from the tables of codes: rendered here, and found stale here. `node scripts/codes-table.mjs` writes it anew.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { CloseCode } from './close-code.js';
import { ERROR_CODES, type ErrorCodeEntry } from './error-code.js';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'codes.md');

const INTRODUCTION = `# Codes

Every failure has a stable code: programs should look at it, and people at the message beside it, which may be more exact than the one here. When a frame carries a code, and what else stands in it, is in
[the WebSocket endpoint](websocket.md#errors); what the HTTP API answers, in [the HTTP API](http-api.md). What to do about them when they come unexpectedly: [troubleshooting](troubleshooting.md).

This page is made from \`src/protocol/error-code.ts\` and \`src/protocol/close-code.ts\` by \`node scripts/codes-table.mjs\`.

## Errors

\`code\` of an \`error\` frame (\`data.code\`) and of a problem (\`application/problem+json\`).`;

const CLOSE_CODES = `## Close codes

Those that the server itself sends. Others come from the WebSocket library (1002, 1007, 1008: a frame that is not allowed), or mean that no close frame arrived (1005, 1006).`;

const errors = Object.entries(ERROR_CODES) as [string, ErrorCodeEntry][];
const closes = Object.entries(CloseCode) as [string, number][];

/** What the comments of {@link CloseCode} say of its members. */
function closeComments(): Map<string, string> {
  const path = join(import.meta.dirname, 'close-code.ts');
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const comments = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node)) {
      const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
      comments.set(node.name.getText(), ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\s+/g, ' ') ?? '');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return comments;
}

const comments = closeComments();

function errorRow([code, { status, message, toldAs, retryAfter, untimed }]: [string, ErrorCodeEntry]): string {
  const notes = [
    toldAs !== undefined && `told as \`${toldAs}\``,
    retryAfter !== undefined && `\`retry_after\`: ${retryAfter} s`,
    untimed === true && 'no `timestamp`',
  ].filter((note) => note !== false);
  return `| \`${code}\` | ${status} | ${message} | ${notes.join('; ')} |`;
}

const closeRow = ([name, code]: [string, number]): string => `| ${code} | \`${name}\` | ${comments.get(name)} |`;

describe('docs/codes.md', () => {
  it.each(closes)('says of %s what it means', (name) => {
    expect(comments.get(name)).toMatch(/^[A-Z].+\.$/);
  });

  it('has each close code once', () => {
    expect(new Set(closes.map(([, code]) => code)).size).toBe(closes.length);
  });

  it('is what the tables say now', async () => {
    const page = [
      ...[INTRODUCTION, '', '| code | HTTP status | message | |', '| --- | --- | --- | --- |', ...errors.map(errorRow), ''],
      ...[CLOSE_CODES, '', '| code | `CloseCode` | means |', '| --- | --- | --- |', ...closes.map(closeRow), ''],
    ].join('\n');
    await expect(page).toMatchFileSnapshot(PAGE);
  });
});
