import { parseRedisAddress } from '../../src/redis/address';

const parse = (url: string) => {
  const [scheme = '', ...rest] = url.split(':');
  return parseRedisAddress(scheme, rest.join(':'));
};

test.each([
  ['redis://cache', { topology: 'single', tls: false, hosts: [{ host: 'cache', port: 6379 }], database: 0, prefix: 'experience-ledger' }],
  [
    'rediss://:s%40cret@[::1]:7000/3',
    { topology: 'single', tls: true, password: 's@cret', hosts: [{ host: '::1', port: 7000 }], database: 3 },
  ],
  ['redis://ada:x@10.0.0.1/?prefix=staging', { username: 'ada', password: 'x', database: 0, prefix: 'staging' }],
  [
    'redis+cluster://a,b:7001',
    {
      topology: 'cluster',
      hosts: [
        { host: 'a', port: 6379 },
        { host: 'b', port: 7001 },
      ],
    },
  ],
  ['rediss+cluster://u:p@a', { topology: 'cluster', tls: true, username: 'u' }],
  [
    'redis+sentinel://:p@a,b/main/2',
    {
      topology: 'sentinel',
      master: 'main',
      database: 2,
      password: 'p',
      hosts: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 26379 },
      ],
    },
  ],
])('%s', (url, address) => {
  expect(parse(url)).toMatchObject(address);
});

test.each([
  ['redis:', /must be redis:\/\/\[user:password@\]host/],
  ['redis://', /must be redis:/],
  ['redis://a,b/zero', /database as a number/],
  ['redis://a:70000', /ports up to 65535/],
  ['redis://ho st', /host names/],
  ['redis://a,b', /must be redis:.*one host/],
  ['redis://a:p@ss@host', /percent-encoded/],
  ['redis://a:p:q@host', /percent-encoded/],
  ['redis://a:%zz@host', /percent-encoded/],
  ['redis://a?db=3', /nothing after a \? but prefix/],
  ['redis://a?prefix={x}', /letters, digits/],
  ['redis+cluster://a/1', /only one/],
  ['redis+sentinel://a', /name that Sentinel has/],
])('%s is refused, saying what is allowed and not what was given', (url, message) => {
  expect(() => parse(url)).toThrow(message);
  expect(() => parse(url)).not.toThrow(/p@ss|p:q|zz/);
});
