import pino, { type DestinationStream, type Logger } from 'pino';

/**
 * Structured logs, one JSON object a line. They hold no token, no query and no variables: of a request its method,
 * its path and its id; of an error its kind, message, stack and causes, and not the request that libraries hang on it.
 */
export function buildLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    redact: { paths: ['authorization', '*.authorization', '*.headers.authorization', '*.token', 'token'], censor: '(redacted)' },
    serializers: { err: describeError, req: describeRequest },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function describeRequest(request: { method?: string; url?: string; id?: unknown }): object {
  return { method: request.method, path: request.url?.split('?', 1)[0], id: request.id };
}

function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, cause, originalError } = error as Error & { code?: unknown; originalError?: unknown };
  const reason = originalError ?? cause;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined || depth > 5 ? {} : { cause: describeError(reason, depth + 1) }),
  };
}
