// The two products that leave most behind when nobody looks after them, on both hosts.
import { hostNames } from '../launch/hosts.ts';
import { describeLeavesNothing } from './leavesNothing.ts';

describeLeavesNothing(hostNames, ['claude', 'opencode']);
