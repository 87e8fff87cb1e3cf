// `npm run package`: writes roost.vsix at the top level.
import { makeVsix } from './vsix.ts';

await makeVsix();
