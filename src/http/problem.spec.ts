// How errors look to whoever caused them.
import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { ChatError, ERROR_CODES, type ErrorCode } from '../protocol/index.js';
import { problemHeaders, toProblem } from './problem.js';

describe('toProblem', () => {
  const TOLD_AS_THEMSELVES = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => code !== 'STORE_UNAVAILABLE');

  it.each(TOLD_AS_THEMSELVES)('answers %s with its status and title', (code) => {
    const { status, message } = ERROR_CODES[code];
    expect(toProblem(new ChatError(code))).toEqual({ type: 'about:blank', title: message, status, code, detail: message });
  });

  it('tells of a store that cannot answer as of an error of ours that is worth another try', () => {
    const problem = toProblem(new ChatError('STORE_UNAVAILABLE'));
    expect(problem).toMatchObject({ status: 503, code: 'SERVER_ERROR', retry_after: 1 });
    expect(problemHeaders(problem)).toMatchObject({ 'Retry-After': '1' });
  });

  it('adds the members of the error, which cannot take the place of its own', () => {
    const error = new ChatError('VALIDATION_ERROR', 'The name is wrong', { errors: { name: ['too long'] }, status: 200, code: 'OK' });
    expect(toProblem(error)).toMatchObject({ status: 400, code: 'VALIDATION_ERROR', detail: 'The name is wrong', errors: { name: ['too long'] } });
  });

  it.each([
    [400, 'VALIDATION_ERROR'],
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [413, 'PAYLOAD_TOO_LARGE'],
    [415, 'VALIDATION_ERROR'],
    [500, 'SERVER_ERROR'],
  ])('keeps the status %i of an HTTP exception and gives it the code %s', (status, code) => {
    expect(toProblem(new HttpException('anything', status))).toMatchObject({ status, code });
  });

  it('reads the errors of Fastify', () => {
    const error = Object.assign(new Error('Request body is too large'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 });
    expect(toProblem(error)).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });

  it('does not call it an error of ours that a client went away in the middle of its body', () => {
    expect(toProblem(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))).toMatchObject({ status: 400 });
    expect(toProblem(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))).toMatchObject({ status: 500 });
  });

  it.each([
    ['an error that nobody foresaw', new Error('SELECT secret FROM rooms')],
    ['an error of another library that claims a status', Object.assign(new Error('secret'), { statusCode: 404 })],
    ['what is no error', 'secret'],
    ['nothing', undefined],
  ])('tells nothing of %s', (_what, error) => {
    const problem = toProblem(error);
    expect(problem).toMatchObject({ status: 500, code: 'SERVER_ERROR', detail: 'Internal error' });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });

  it('does not pass on the messages of the platform, which quote the request', () => {
    for (const error of [new NotFoundException('Cannot GET /x?token=secret'), new BadRequestException(['secret is not a string'])]) {
      expect(JSON.stringify(toProblem(error))).not.toContain('secret');
    }
  });
});
