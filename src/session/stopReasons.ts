// Why a turn ended before its work was done, in words for the transcript; an agent that says so only by its stop reason would seem to have finished.

/**
 * What to tell whoever reads the conversation; `undefined` when the turn ended as turns do, or was
 * cancelled by its user. Reasons that the protocol does not know yet are told as they came.
 */
export function earlyEnd(stopReason: string, agentName: string): string | undefined {
  switch (stopReason) {
    case 'end_turn':
    case 'cancelled':
      return undefined;
    case 'max_tokens':
      return `${agentName} stopped because its answer reached the length that it is allowed. Send another message to let it go on.`;
    case 'max_turn_requests':
      return `${agentName} stopped because it asked its model as often as it may in one turn, or went round in circles. Send another message to let it go on.`;
    case 'refusal':
      return `${agentName} refused to go on. It may leave this message, and what followed it, out of what it remembers.`;
    default:
      return `${agentName} ended this turn early: ${stopReason.slice(0, 100)}.`;
  }
}
