// Texts that try to be more than text: markup, scripts, addresses, controls, and sizes that choke.

/** Name and text of each. */
export const hostileTexts: readonly (readonly [string, string])[] = [
  ['a script', '<script>alert(1)</script>'],
  ['an image with a handler', '<img src=x onerror=alert(1)>"><img src=x onerror=alert(1)>'],
  ['an svg with a script', '<svg onload=alert(1)><script>alert(1)</script></svg>'],
  ['a frame', '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>'],
  [
    'a base and a refresh',
    '<base href="//evil.test/"><meta http-equiv=refresh content="0;url=//evil.test">',
  ],
  [
    'a form',
    '<form action="https://evil.test"><button>Allow</button></form><button id=x>Allow</button>',
  ],
  ['a style', '<style>*{display:none}</style><link rel=stylesheet href="https://evil.test/a.css">'],
  [
    'a script link',
    '[click](javascript:alert(1)) [click](JaVaScRiPt:alert(1)) <javascript:alert(1)>',
  ],
  [
    'an encoded script link',
    '[click](&#106;avascript:alert(1)) [x](java\nscript:alert(1)) [y](\u0001javascript:alert(1))',
  ],
  ['a data link', '[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)'],
  ['a command link', '[click](command:workbench.action.terminal.new) <command:roost.newSession>'],
  [
    'a remote picture',
    '![pixel](https://evil.test/pixel.png) ![a][b]\n\n[b]: https://evil.test/b.png',
  ],
  [
    'a picture with quotes',
    '![a](https://evil.test/"onerror="alert(1)) ![x](x "onerror=alert(1)")',
  ],
  ['a link title', '[a](https://a.test "x\\" onmouseover=\\"alert(1)")'],
  [
    'a code fence name',
    '```"><script>alert(1)</script>\ncode\n```\n~~~<img src=x onerror=alert(1)>\n~~~',
  ],
  ['an html comment', '<!--<img src="--><img src=x onerror=alert(1)//">'],
  [
    'cdata and entities',
    '<![CDATA[<script>alert(1)</script>]]> &lt;script&gt;alert(1)&lt;/script&gt;',
  ],
  [
    'mutation markup',
    '<math><mi><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mi></math>',
  ],
  [
    'a template',
    '<template><script>alert(1)</script></template>{{constructor.constructor("alert(1)")()}}',
  ],
  ['reversed text', 'safe\u202Etxt.exe\u202C \u2066isolate\u2069 \u200b\u2060hidden\ufeff'],
  ['control characters', 'a\u0000b\u0007c\u001b[31md\u009b1me\u2028f\u2029g'],
  ['lone surrogates', '\ud800 \udfff \ud83d'],
  ['ten thousand quotes', `${'>'.repeat(10_000)} deep`],
  ['ten thousand brackets', `${'['.repeat(10_000)}x${']('.repeat(10_000)}`],
  ['ten thousand stars', '*a **b '.repeat(10_000)],
  [
    'nested lists',
    Array.from({ length: 200 }, (_, depth) => `${'  '.repeat(depth)}- x`).join('\n'),
  ],
  ['one line of 300,000 characters', 'x'.repeat(300_000)],
  ['many links in one line', 'https://a.test/ '.repeat(20_000)],
  [
    'a huge table',
    `|${'a|'.repeat(500)}\n|${'-|'.repeat(500)}\n${`|${'b|'.repeat(500)}\n`.repeat(60)}`,
  ],
  ['ten thousand backticks', '`'.repeat(10_000) + ' `a '.repeat(5000)],
  ['prototype names', '__proto__ constructor toString'],
];
