// One product in one window at every run of all tests; the others, on both hosts, are in the matrix. Its stop is in matrix.test.ts.
import { describeLeavesNothing } from './leavesNothing.ts';

describeLeavesNothing(['newest'], ['opencode'], ['killed', 'host-killed']);
