// The errors of JSON-RPC: the codes that ACP knows, and an error that carries one over the wire.

/** Codes of JSON-RPC and of ACP that Roost sends or decides on. */
export const rpcCodes = {
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  requestCancelled: -32800,
  authRequired: -32000,
  resourceNotFound: -32002,
} as const;

/** An error as JSON-RPC has it: thrown by a request handler it is sent, received it rejects the request. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}
