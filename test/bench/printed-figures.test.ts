import { figuresOf } from '../../bench/printed-figures';

test('a line has its rate, or its p99; an indented line is named after the one above, and a name that comes again is numbered', () => {
  const printed = [
    '50 constant rows, 1 clients                       1,200/s   p50 1 ms    p99 2 ms',
    '  the same from Redis                                900/s   p50 1 ms    p99 3 ms   to memory 0.75',
    '50 constant rows, 16 clients                       2400/s   p50 1 ms    p99 2 ms',
    '  the same from Redis                               1800/s   p50 1 ms    p99 3 ms   to memory 0.75',
    'keys(first: 50) of 500, 1 clients                 1,100/s   p50 1 ms    p99 2 ms   ratio 0.92',
    'keys(first: 50) of 500, 16 clients                2,000/s   p50 1 ms    p99 2 ms   ratio 0.90',
    '1,000 subscribers, 10 changes a second              p50 7 ms, p99 12.5 ms',
    'projected into memory   123800 events/s',
    'Redis holds 85 MB',
    'projected into memory    90100 events/s',
  ].join('\n');
  expect([...figuresOf(printed)]).toEqual([
    ['50 constant rows, 1 clients', { value: 1_200, better: 'higher' }],
    ['50 constant rows, 1 clients > the same from Redis', { value: 900, better: 'higher' }],
    ['50 constant rows, 16 clients', { value: 2_400, better: 'higher' }],
    ['50 constant rows, 16 clients > the same from Redis', { value: 1_800, better: 'higher' }],
    ['keys(first: 50) of 500, 1 clients', { value: 1_100, better: 'higher' }],
    ['keys(first: 50) of 500, 16 clients', { value: 2_000, better: 'higher' }],
    ['1,000 subscribers, 10 changes a second', { value: 12.5, better: 'lower' }],
    ['projected into memory', { value: 123_800, better: 'higher' }],
    ['projected into memory (2)', { value: 90_100, better: 'higher' }],
  ]);
});
