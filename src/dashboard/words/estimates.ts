import type { ExperimentStanding } from '../generated/operations';

const count = (number: number) => number.toLocaleString('en');
const percent = (share: number) => `${Number(share.toFixed(share < 1 ? 2 : 1))} %`;

export const sampleSizeWords = {
  title: 'How many users are needed?',
  lead: 'For a conversion goal: choose a primary goal to ask for its measure.',
  leadOf: (goal: string) => `Judged by ${goal}, found with a probability of 80 %.`,
  rate: 'Rate of control, in percent',
  mean: 'Mean of control, of one user',
  effect: 'Smallest effect to find, in percent of control',
  deviation: 'Standard deviation of one user',
  give: 'Give control’s value as it is now, and the smallest effect that matters.',
  users: (users: number, control: number, variant: number) =>
    `${count(users)} users: ${count(control)} of control, ${count(variant)} of the smallest variant`,
  take: 'Use as planned users',
} as const;

export const estimateWords = {
  users: 'Users',
  share: (share: number, low: number, high: number) =>
    low === high ? percent(share) : `${percent(share)} (${percent(low)} to ${percent(high)})`,
  about: (users: number) => `about ${count(users)}`,
  matching: (share: string, users: number) => `${share} of stored users, about ${count(users)}`,
  none: 'none stored',
  unknown: 'not known',
  reach: 'Reach',
  reached: (share: string, users: number, days: number) =>
    `${share} of the users of the last ${days} days, about ${count(users)}, are in it or would be taken.`,
  planned: (planned: number, days: number) =>
    `At that pace the ${count(planned)} planned users take about ${days === 1 ? 'a day' : `${count(days)} days`}.`,
  never: (planned: number) => `None of those users would be taken, so the ${count(planned)} planned users are not reached.`,
  lastAssigned: 'Last assigned',
  standings: {
    ASSIGNED: 'in it',
    TAKES: 'would be taken',
    CONFLICT: 'in another test',
    OUTSIDE_AUDIENCE: 'outside its audience',
    OUTSIDE_SAMPLE: 'outside its share',
    TEST_USER: 'have a forced variant',
    NO_USER: 'without an id',
  } satisfies { readonly [standing in ExperimentStanding]: string },
  inTheWay: (name: string) => `in ${name}`,
} as const;
