// `npm run package`: writes roost.vsix at the top level; `-- --repository URL` (of GitHub or GitLab) makes it fit for a marketplace's page.
import { parseArgs } from 'node:util';
import { makeVsix } from './vsix.ts';

const { values } = parseArgs({ options: { repository: { type: 'string' } } });
await makeVsix(values.repository);
