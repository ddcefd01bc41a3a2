// What the server answered in place of what was asked for (RFC 9457).

/** The parts of a problem that the console shows. */
export interface ProblemParts {
  /** 0 when there was no answer. */
  status: number;
  code: string;
  detail: string;
  /** What is wrong, by field. */
  fields?: Readonly<Record<string, readonly string[]>>;
  /** Seconds. */
  retryAfter?: number;
}

/** A request that failed. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor({ status, code, detail, fields = {}, retryAfter }: ProblemParts) {
    const wrong = Object.values(fields).flat();
    super([wrong.length > 0 ? `${capital(wrong.join('; '))}.` : sentence(detail), retryAfter === undefined ? '' : `Try again in ${retryAfter} s.`].join(' ').trim());
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
  }
}

/** The problem that a response holds; one made of its status when what answered was not our server. */
export async function toProblem(response: Response): Promise<ApiProblem> {
  const { status } = response;
  try {
    const { code, detail, errors, retry_after: retryAfter } = (await response.json()) as Record<string, unknown>;
    if (typeof code !== 'string' || typeof detail !== 'string') throw new TypeError('no problem of ours');
    return new ApiProblem({
      status,
      code,
      detail,
      ...(typeof errors === 'object' && errors !== null && { fields: errors as Record<string, string[]> }),
      ...(typeof retryAfter === 'number' && { retryAfter }),
    });
  } catch {
    return new ApiProblem({ status, code: `HTTP_${status}`, detail: `The answer was ${status} ${response.statusText}`.trim() });
  }
}

/** What to tell a person about anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof ApiProblem ? error.message : 'Something in this page went wrong. Reload it.';
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
