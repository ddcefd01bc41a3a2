// Answers our errors in controllers that are not ours.
import { Catch, Injectable } from '@nestjs/common';
import { ChatError } from '../protocol/index.js';
import { ProblemFilter } from './problem.filter.js';

/**
 * For controllers of an application that use `BearerGuard` or our services: makes problems of {@link ChatError}s, and leaves every other error to
 * the application.
 *
 * @publicApi
 */
@Catch(ChatError)
@Injectable()
export class ChatErrorFilter extends ProblemFilter {}
