// One entry of the transcript on screen: which view shows which type.
import type { EntryView } from '../../chatProtocol/entries.ts';
import type { EntryNode, PanelContext } from './context.ts';
import { MessageNode } from './messageNode.ts';
import { NoticeNode } from './noticeNode.ts';
import { PlanNode } from './planNode.ts';
import { ThoughtNode } from './thoughtNode.ts';
import { ToolCallNode } from './toolCallNode.ts';

/** A node for an entry; it shows entries of this type only. */
export function entryNode(entry: EntryView, context: PanelContext): EntryNode {
  switch (entry.type) {
    case 'user':
    case 'agent':
      return new MessageNode(entry.type, context);
    case 'thought':
      return new ThoughtNode(context);
    case 'toolCall':
      return new ToolCallNode(context);
    case 'plan':
      return new PlanNode();
    case 'notice':
      return new NoticeNode(context);
  }
}
