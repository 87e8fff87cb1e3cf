// How an edit on screen names the request for permission that it waits for.
import * as vscode from 'vscode';
import { RequestNode } from '../list/sessionTreeModel.ts';

/** Scheme of the sides of an edit that waits for an answer; the manifest's menus ask for it. */
export const askedEditScheme = 'roost-edit';
/** The request that an edit on screen waits for, as the row that answers it. */
export function askedRequest(argument: unknown): RequestNode | undefined {
  if (!(argument instanceof vscode.Uri) || argument.scheme !== askedEditScheme) return undefined;
  const { sessionId, requestId } = Object(JSON.parse(argument.query)) as Record<string, unknown>;
  if (typeof sessionId !== 'string' || typeof requestId !== 'string') return undefined;
  return new RequestNode(sessionId, requestId);
}
