import { z } from 'zod';

const names = z.array(z.string().min(1)).min(1);
const version = z.string().regex(/^\d+(\.\d+)*(\.\*)?$/, 'must be numbers with dots between, the last of them perhaps a *');

/** Every field that the published studies have. One that is not here is an error, since leaving it out would change who gets what. */
const studySchema = z.strictObject({
  file: z.string(),
  name: z.string().min(1),
  /** Says the same as its absence: the publisher's tool fills it in so. */
  consistency: z.literal('PERMANENT').optional(),
  experiment: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        probability_weight: z.number().nonnegative(),
        feature_association: z
          .strictObject({ enable_feature: names.optional(), disable_feature: names.optional(), forcing_feature_on: z.string().optional() })
          .optional(),
        param: z.array(z.strictObject({ name: z.string().min(1), value: z.string() })).optional(),
      }),
    )
    .min(1),
  filter: z.strictObject({
    channel: z.array(z.enum(['NIGHTLY', 'BETA', 'RELEASE'])).min(1),
    platform: z.array(z.enum(['WINDOWS', 'MAC', 'LINUX', 'ANDROID', 'IOS'])).min(1),
    form_factor: z
      .array(z.enum(['DESKTOP', 'PHONE', 'TABLET', 'FOLDABLE', 'TV', 'KIOSK', 'MEET_DEVICE', 'AUTOMOTIVE']))
      .min(1)
      .optional(),
    country: z.array(z.string().regex(/^[A-Z]{2}$/)).optional(),
    min_version: version.optional(),
    max_version: version.optional(),
    policy_restriction: z.string().optional(),
  }),
});

/** One study as it was published: variants with weights, for those whom the filter takes. */
export type Study = z.infer<typeof studySchema>;
export type Variant = Study['experiment'][number];
export type Filter = Study['filter'];

/** Reads the published list, in its order. Anything in it that this carrier does not know stops it. */
export function readStudies(text: string): readonly Study[] {
  const read = z.array(studySchema).safeParse(JSON.parse(text));
  if (read.success) return read.data;
  throw new Error(`These are not the studies that can be carried:\n${z.prettifyError(read.error)}`);
}
