/** `POST /api/<procedure>`: one call, its input as the JSON body or as bytes, a CallResult as the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallResult } from '../../../src-shared/contract/messages.ts';
import { isProcedureName, type ProcedureName } from '../../../src-shared/contract/procedures.ts';
import type { BackendFace } from '../../backend/backend-face.ts';
import type { WebLimits } from './limits.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly result: CallResult;
}

/**
 * Makes the call and returns what to answer. Coded errors of a procedure are answers like any other
 * (200); 404 is an unknown procedure, 405 another method than POST, 415 another type than JSON, 413 a
 * body past the limit, 400 a body that is not JSON. A part of a file comes as bytes, with the rest of the call's input
 * in `query`. When the client goes away the call is aborted, and
 * there is nobody left to answer: null.
 */
export async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  { procedure, query }: { readonly procedure: string; readonly query: URLSearchParams },
  backend: BackendFace,
  limits: WebLimits,
): Promise<ApiAnswer | null> {
  if (request.method !== 'POST') {
    return refusal(405, 'request.method', 'Calls are POST requests.', `The request is ${request.method}.`);
  }
  const isPart = procedure === PART_PROCEDURE && isOfType(request, 'application/octet-stream');
  if (!isPart && !isOfType(request, 'application/json')) {
    const found = request.headers['content-type'] ?? 'missing';
    return refusal(
      415,
      'request.contentType',
      'A call is sent as application/json.',
      `The type is ${found}.`,
    );
  }
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  const limitBytes = isPart ? limits.partBytes : limits.messageBytes;
  const body = await readBody(request, limitBytes);
  if (body.kind === 'gone') return null;
  if (body.kind === 'tooLarge') {
    const cause = `It may have ${limitBytes} bytes.`;
    return refusal(413, 'request.tooLarge', "The call's body is too large.", cause);
  }
  const input = isPart
    ? ({ ok: true, value: { ...Object.fromEntries(query), part: body.bytes } } as const)
    : parseJson(body.bytes);
  if (!input.ok) return refusal(400, 'request.malformed', "The call's body is not JSON.", input.cause);

  const result = await backend.call(procedure, input.value, controller.signal);
  if (controller.signal.aborted) return null;
  return { status: isProcedureName(procedure) ? 200 : 404, result };
}

/** The one procedure that takes bytes. */
const PART_PROCEDURE = 'dropped.part' satisfies ProcedureName;

function isOfType(request: IncomingMessage, type: string): boolean {
  return request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() === type;
}

type Body =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLarge' }
  /** The client closed the connection before the end. */
  | { readonly kind: 'gone' };

/**
 * Keeps at most `limitBytes`. What comes after is read and thrown away, because a client that is still
 * writing would see a reset connection instead of the answer; the server's request time ends that.
 */
async function readBody(request: IncomingMessage, limitBytes: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
    }
  } catch {
    return { kind: 'gone' }; // the stream's only error is the lost connection
  }
  return bytes > limitBytes ? { kind: 'tooLarge' } : { kind: 'whole', bytes: Buffer.concat(chunks) };
}

type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly cause: string };

function parseJson(bytes: Uint8Array): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch (fault) {
    return { ok: false, cause: (fault as Error).message };
  }
}

function refusal(status: number, code: string, title: string, cause: string): ApiAnswer {
  const remedy = 'Send POST /api/<procedure> with a JSON body and the content type application/json.';
  return { status, result: { ok: false, error: { code, title, cause, remedy } } };
}
