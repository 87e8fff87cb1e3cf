// What a user attaches to a prompt, from the panel's words to the protocol's blocks and back.
import type { Attached, Draft } from '../../chatProtocol/composing.ts';
import type { ContentBlock } from '../../session/agentPort.ts';

/** The prompt of a draft, as the protocol has it: the text, then each attachment. */
export function promptBlocks(draft: Draft): ContentBlock[] {
  const attached = draft.attached.map(attachedBlock);
  // A picture can say all there is to say.
  return draft.text === '' ? attached : [{ type: 'text', text: draft.text }, ...attached];
}

function attachedBlock(attached: Attached): ContentBlock {
  switch (attached.type) {
    case 'link':
      return {
        type: 'resource_link',
        uri: attached.uri,
        name: attached.name,
        ...(attached.icon === 'folder' ? { mimeType: 'inode/directory' } : {}),
      };
    case 'text':
      return {
        type: 'resource',
        name: attached.name,
        resource: { uri: attached.uri, mimeType: 'text/plain', text: attached.text },
      };
    case 'image':
      return { type: 'image', mimeType: attached.mimeType, data: attached.data };
  }
}

/** A prompt as a draft again, to be edited. Blocks that no draft can hold are left out. */
export function draftOf(blocks: readonly ContentBlock[]): Draft {
  const texts: string[] = [];
  const attached: Attached[] = [];
  for (const block of blocks) {
    if (block.type === 'text') texts.push(string(block['text']));
    else attached.push(...attachedOf(block));
  }
  return { text: texts.join('\n'), attached };
}

function attachedOf(block: ContentBlock): Attached[] {
  const uri = string(block['uri']);
  const name = string(block['name']);
  switch (block.type) {
    case 'resource_link': {
      const icon = block['mimeType'] === 'inode/directory' ? 'folder' : 'file';
      return [{ type: 'link', icon, name, uri }];
    }
    case 'resource': {
      const resource = Object(block['resource']) as Readonly<Record<string, unknown>>;
      const text = string(resource['text']);
      return [{ type: 'text', icon: 'selection', name, uri: string(resource['uri']), text }];
    }
    case 'image': {
      const mimeType = string(block['mimeType']);
      return [{ type: 'image', name: mimeType, mimeType, data: string(block['data']) }];
    }
    default:
      return [];
  }
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
