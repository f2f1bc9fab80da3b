/** The keys by which servers are reached through proxies, and by which private authorities are trusted. */

import * as z from 'zod';
import { secretText } from './auth-schema.js';
import { expecting, key, path, text } from './kinds.js';

const FOLDER = '/etc/incus-azure-pipelines';

const proxyUrl = text('the URL of a proxy with its port', 'http://proxy.example:3128');

export const proxy = expecting(
  z.strictObject({
    http: key(proxyUrl, 'Proxy of http URLs, with its port; they go straight when left out.'),
    https: key(proxyUrl, 'Proxy of https URLs, with its port; that of http when left out.'),
    noProxy: key(
      expecting(z.array(text('a name, an address or a subnet', 'corp.example')), {
        kind: 'list',
        expects: 'a list of names, addresses and subnets',
        example: '[corp.example, 10.0.0.0/8]',
      }),
      'What is reached without: names, each with all that is below it, addresses, and subnets of IPv4.',
    ),
    user: key(
      text('a name without a colon', 'builds', /^[^\p{Cc}\p{Cf}:\u2028\u2029]+$/u),
      'Who signs in at the proxies.',
    ),
    password: key(
      secretText('password', `${FOLDER}/proxy-password`, 'PROXY_PASSWORD'),
      'Password of user. Jobs get it, since their programs have to sign in too.',
    ),
  }),
  {
    kind: 'map',
    expects: 'a map with http, https, noProxy, user and password',
    example: '{http: "http://proxy.example:3128"}',
  },
);

export const caCertificates = expecting(z.array(path(`${FOLDER}/authority.crt`)), {
  kind: 'list',
  expects: 'a list of paths',
  example: `[${FOLDER}/authority.crt]`,
});

export type ProxySettings = z.output<typeof proxy>;
