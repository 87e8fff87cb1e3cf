// Whether something that happened in a session is worth a notification, given where the user looks. No editor.
import type { Settings } from '../../session/settings.ts';

/** Where the user looks. */
export interface Attention {
  /** The session's panel can be seen. */
  readonly visible: boolean;
  /** The window has the focus. */
  readonly focused: boolean;
}

/** Whether to notify: never about what the user is looking at. */
export function worthTelling(
  when: Settings['notifications.requests'],
  { visible, focused }: Attention,
): boolean {
  switch (when) {
    case 'never':
      return false;
    case 'windowUnfocused':
      return !focused;
    case 'always':
      return !(visible && focused);
  }
}
