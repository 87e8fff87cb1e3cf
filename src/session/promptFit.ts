// A prompt as the agent at hand can take it: what it has not offered to read is told it in words.
import * as z from 'zod/mini';
import { onFirstUse } from './onDemand.ts';
import type { AgentInfo, ContentBlock } from './agentPort.ts';

const resourceSchema = onFirstUse(() =>
  z.object({ resource: z.object({ uri: z.string(), text: z.string() }) }),
);

/** A prompt that fits, and the types of the blocks that could not be said at all. */
export interface FittedPrompt {
  readonly blocks: readonly ContentBlock[];
  readonly leftOut: readonly string[];
}

/**
 * The blocks with embedded text as text where the agent takes no embedded context, and without images
 * and sounds where it takes none. Text and links are understood by every agent.
 */
export function fitPrompt(blocks: readonly ContentBlock[], can: AgentInfo['can']): FittedPrompt {
  const fitted: ContentBlock[] = [];
  const leftOut: string[] = [];
  for (const block of blocks) {
    if ((block.type === 'image' && !can.image) || (block.type === 'audio' && !can.audio)) {
      leftOut.push(block.type);
    } else if (block.type === 'resource' && !can.embeddedContext) {
      const text = embeddedText(block);
      if (text === undefined) leftOut.push(block.type);
      else fitted.push({ type: 'text', text });
    } else {
      fitted.push(block);
    }
  }
  return { blocks: fitted, leftOut };
}

/** Embedded text with where it is from, in a fence longer than any run of backticks inside. */
function embeddedText(block: ContentBlock): string | undefined {
  const parsed = resourceSchema().safeParse(block);
  if (!parsed.success) return undefined;
  const { uri, text } = parsed.data.resource;
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${uri}\n${fence}\n${text}\n${fence}`;
}
